/// Dates as HTTP writes them (RFC 9110 §5.6.7).
package enum HTTPDate {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let longDays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT` from seconds since 1970. What lies outside of the years
    /// 0–9999 is moved to their edge.
    package static func text(unixSeconds: Int64) -> String {
        let seconds = min(max(unixSeconds, -62_167_219_200), 253_402_300_799)
        let second = Int((seconds % 86_400 + 86_400) % 86_400)
        let day = Int((seconds - Int64(second)) / 86_400)
        let (year, month, dayOfMonth) = civil(day)
        let weekday = days[((day + 3) % 7 + 7) % 7]  // 1970-01-01 was a Thursday
        let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        let years = two(year / 100) + two(year % 100)
        return "\(weekday), \(two(dayOfMonth)) \(months[month - 1]) \(years) \(time) GMT"
    }

    /// Seconds since 1970, from any of the three formats; nil when it is none of them. The two
    /// digits of an RFC 850 year mean 1970–2069; the day of the week is not compared.
    package static func unixSeconds(_ text: String) -> Int64? {
        let words = text.utf8.split(separator: Characters.space, maxSplits: 6).map {
            String(Substring($0))
        }
        switch words.count {
        case 6 where text.utf8.count == 29 && words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT
            guard words[0].hasSuffix(","), days.contains(String(words[0].dropLast())) else {
                return nil
            }
            return seconds(
                year: number(words[3], digits: 4), month: words[2],
                day: number(words[1], digits: 2), time: words[4])
        case 4 where words[3] == "GMT":  // Sunday, 06-Nov-94 08:49:37 GMT
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, words[0].hasSuffix(","),
                longDays.contains(String(words[0].dropLast())),
                let year = number(String(parts[2]), digits: 2)
            else { return nil }
            return seconds(
                year: year + (year < 70 ? 2000 : 1900), month: String(parts[1]),
                day: number(String(parts[0]), digits: 2), time: words[2])
        case 5 where text.utf8.count == 24:  // Sun Nov  6 08:49:37 1994
            guard days.contains(words[0]) else { return nil }
            return seconds(
                year: number(words[4], digits: 4), month: words[1],
                day: number(words[2], digits: words[2].utf8.count), time: words[3])
        default: return nil
        }
    }

    private static func seconds(year: Int?, month: String, day: Int?, time: String) -> Int64? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let year, let day, let index = months.firstIndex(of: month), parts.count == 3,
            let hour = number(String(parts[0]), digits: 2), hour < 24,
            let minute = number(String(parts[1]), digits: 2), minute < 60,
            let second = number(String(parts[2]), digits: 2), second <= 60
        else { return nil }
        let date = dayNumber(year: year, month: index + 1, day: day)
        guard day >= 1, civil(date) == (year, index + 1, day) else { return nil }
        return Int64(date) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    private static func number(_ text: String, digits: Int) -> Int? {
        guard text.utf8.count == digits, (1...4).contains(digits),
            text.utf8.allSatisfy({ Characters.isDigit($0) })
        else { return nil }
        return text.utf8.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The Gregorian date of a day counted from 1970-01-01. Years begin in March and fall into
    /// eras of 400, so that leap days come last (H. Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms").
    private static func civil(_ dayNumber: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// The inverse of `civil`.
    private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
