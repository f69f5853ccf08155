/// The client of HTTP that belongs to the system: libcurl on Linux, URLSession elsewhere.
#if os(Linux)
    package typealias SystemNetwork = CurlNetwork
#else
    package typealias SystemNetwork = URLSessionNetwork
#endif
