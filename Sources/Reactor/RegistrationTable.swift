internal import Posix

/// The registrations of a loop by key: place in the low half, generation in the high half.
struct RegistrationTable {
    private var places: [Registration?] = []
    private var generations: [UInt32] = []
    private var free: [Int] = []

    /// How many there are.
    var count: Int { places.count - free.count }

    mutating func insert(_ descriptor: consuming Descriptor?) -> Registration {
        let place: Int
        if let last = free.popLast() {
            place = last
        } else {
            place = places.count
            places.append(nil)
            generations.append(0)
        }
        generations[place] &+= 1
        let key = UInt64(generations[place]) << 32 | UInt64(place)
        let registration = Registration(key: key, owning: descriptor)
        places[place] = registration
        return registration
    }

    mutating func remove(_ registration: Registration) {
        let place = Int(registration.key & 0xffff_ffff)
        guard places[place] === registration else { return }
        places[place] = nil
        free.append(place)
    }

    /// The registration with this key; nil if it is gone, even if another has its place.
    subscript(key: UInt64) -> Registration? {
        let place = Int(key & 0xffff_ffff)
        guard place < places.count, let registration = places[place] else { return nil }
        return registration.key == key ? registration : nil
    }
}
