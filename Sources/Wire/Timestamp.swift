/// Dates as RFC 3339 text, without a calendar library.
package enum Timestamp {
    /// `2026-02-03T04:05:06.789Z`.
    ///
    /// - Parameter milliseconds: since 1970, UTC; years 0 to 9999.
    package static func text(milliseconds: Int64) -> String {
        let (days, time) = milliseconds.dividedFloored(by: 86_400_000)
        let date = civil(daysSince1970: days)
        let seconds = time / 1000
        return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
            + "T\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2))"
            + ":\(digits(seconds % 60, 2)).\(digits(time % 1000, 3))Z"
    }

    /// Milliseconds since 1970 of a date and time (RFC 3339 §5.6); finer digits are dropped, a leap
    /// second counts as the second after it. Nil when `text` is none.
    package static func milliseconds(_ text: String) -> Int64? {
        var reader = DateReader(text: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"),
            let month = reader.number(2, in: 1...12), reader.take("-"),
            let day = reader.number(2, in: 1...dayCount(year: year, month: month)),
            reader.take("Tt "),
            let hour = reader.number(2, in: 0...23), reader.take(":"),
            let minute = reader.number(2, in: 0...59), reader.take(":"),
            let second = reader.number(2, in: 0...60),
            let fraction = reader.milliseconds(), let offsetMinutes = reader.offsetMinutes(),
            reader.isAtEnd
        else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        let minutes = (days * 24 + hour) * 60 + minute - offsetMinutes
        return (minutes * 60 + second) * 1000 + fraction
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    private static func dayCount(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The proleptic Gregorian date, counted in eras of 400 years that begin on 1 March.
    private static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64)
    {
        let (era, day) = (days + 719_468).dividedFloored(by: 146_097)
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            year + era * 400 + (month < 10 ? 0 : 1),
            month < 10 ? month + 3 : month - 9,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = (month > 2 ? year : year - 1).dividedFloored(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }
}

extension Int64 {
    fileprivate func dividedFloored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Takes a date's parts off the front of its text.
private struct DateReader {
    let text: [UInt8]
    var index = 0

    init(text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { index == text.count }

    mutating func take(_ characters: String) -> Bool {
        guard index < text.count, characters.utf8.contains(text[index]) else { return false }
        index += 1
        return true
    }

    mutating func number(
        _ count: Int, in range: ClosedRange<Int64> = 0...9999
    ) -> Int64? {
        guard text.count - index >= count else { return nil }
        let digits = text[index..<index + count]
        guard digits.allSatisfy(StructuredField.isDigit) else { return nil }
        index += count
        let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return range.contains(value) ? value : nil
    }

    /// The part after the point, if there is one.
    mutating func milliseconds() -> Int64? {
        guard take(".") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let digit = number(1) {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        while count < 3 {
            value *= 10
            count += 1
        }
        return value
    }

    mutating func offsetMinutes() -> Int64? {
        if take("Zz") { return 0 }
        let isNegative = index < text.count && text[index] == UInt8(ascii: "-")
        guard take("+-"), let hours = number(2, in: 0...23), take(":"),
            let minutes = number(2, in: 0...59)
        else { return nil }
        return (hours * 60 + minutes) * (isNegative ? -1 : 1)
    }
}
