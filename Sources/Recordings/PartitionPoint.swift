extension Array {
    /// The first index whose element meets `condition`, or `count`. O(log count).
    ///
    /// The elements must be partitioned: after the first that meets it, all do.
    func partitionPoint(where condition: (Element) -> Bool) -> Int {
        var lower = 0
        var upper = count
        while lower < upper {
            let middle = lower + (upper - lower) / 2
            if condition(self[middle]) {
                upper = middle
            } else {
                lower = middle + 1
            }
        }
        return lower
    }
}
