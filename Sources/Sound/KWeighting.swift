/// The filter before the loudness meter: what the head does to sound, and that deep tones count
/// for little (ITU-R BS.1770-4, Annex 1, tables 1 and 2, for 48 kHz).
struct KWeighting: Sendable {
    /// One channel's state of both second-order sections, transposed direct form II.
    private var shelf = (0.0, 0.0)
    private var highPass = (0.0, 0.0)

    mutating func filter(_ sample: Double) -> Double {
        let shelved = 1.53512485958697 * sample + shelf.0
        shelf.0 = -2.69169618940638 * sample + 1.69065929318241 * shelved + shelf.1
        shelf.1 = 1.19839281085285 * sample - 0.73248077421585 * shelved
        let weighted = shelved + highPass.0
        highPass.0 = -2 * shelved + 1.99004745483398 * weighted + highPass.1
        highPass.1 = shelved - 0.99007225036621 * weighted
        return weighted
    }
}
