/// A list that rarely has more than one element, and then needs no memory of its own: nearly
/// every block holds one frame.
struct ShortList<Element: Sendable & Equatable>: Sendable, Equatable {
    private var first: Element?
    private var rest: [Element] = []

    var count: Int { first == nil ? 0 : 1 + rest.count }

    var last: Element? { rest.last ?? first }

    mutating func append(_ element: Element) {
        if first == nil { first = element } else { rest.append(element) }
    }

    /// The element at `index`; nil past the end.
    subscript(index: Int) -> Element? {
        if index == 0 { return first }
        return index - 1 < rest.count ? rest[index - 1] : nil
    }
}
