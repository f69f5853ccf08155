/// The registrations that have a deadline, earliest first: a binary heap whose entries know
/// their places, so that one can be moved or taken out. O(log n).
struct DeadlineHeap {
    private struct Entry {
        let at: Moment
        let registration: Registration
    }

    private var entries: [Entry] = []

    var earliest: Moment? { entries.first?.at }
    var count: Int { entries.count }

    /// Puts it in, or moves it to another moment.
    mutating func schedule(_ registration: Registration, at moment: Moment) {
        let entry = Entry(at: moment, registration: registration)
        registration.scheduled = moment
        if registration.heapIndex < 0 {
            entries.append(entry)
            siftUp(entries.count - 1)
        } else {
            entries[registration.heapIndex] = entry
            settle(registration.heapIndex)
        }
    }

    /// Takes it out, if it is in.
    mutating func remove(_ registration: Registration) {
        let index = registration.heapIndex
        guard index >= 0 else { return }
        registration.heapIndex = -1
        registration.scheduled = .never
        let last = entries.removeLast()
        guard index < entries.count else { return }
        entries[index] = last
        settle(index)
    }

    /// Takes out the earliest if it is due.
    mutating func popDue(_ now: Moment) -> Registration? {
        guard let first = entries.first, first.at <= now else { return nil }
        remove(first.registration)
        return first.registration
    }

    private mutating func settle(_ index: Int) {
        siftDown(siftUp(index))
    }

    @discardableResult
    private mutating func siftUp(_ start: Int) -> Int {
        var index = start
        let entry = entries[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.at < entries[parent].at else { break }
            place(entries[parent], at: index)
            index = parent
        }
        place(entry, at: index)
        return index
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let entry = entries[index]
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].at < entries[child].at { child += 1 }
            guard entries[child].at < entry.at else { break }
            place(entries[child], at: index)
            index = child
        }
        place(entry, at: index)
    }

    private mutating func place(_ entry: Entry, at index: Int) {
        entries[index] = entry
        entry.registration.heapIndex = index
    }
}
