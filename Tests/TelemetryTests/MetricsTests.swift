import Telemetry
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("A counter is one line under its help and type")
    func counter() {
        let registry = MetricsRegistry()
        let counter = registry.counter("holdfast_chunks_total", "Chunks stored.")
        counter.add()
        counter.add(41)
        #expect(
            registry.text() == """
                # HELP holdfast_chunks_total Chunks stored.
                # TYPE holdfast_chunks_total counter
                holdfast_chunks_total 42

                """)
    }

    @Test("Families and series are sorted, and HELP and TYPE come once a family")
    func sorted() {
        let registry = MetricsRegistry()
        let requests = CounterFamily(
            registry, "requests_total", "Requests.", labelNames: ["route", "code"])
        requests["media", "206"].add(2)
        requests["chunk", "201"].add(1)
        requests["media", "200"].add(3)
        registry.gauge("connections", "Open connections.").set(7)
        #expect(
            registry.text() == """
                # HELP connections Open connections.
                # TYPE connections gauge
                connections 7
                # HELP requests_total Requests.
                # TYPE requests_total counter
                requests_total{code="200",route="media"} 3
                requests_total{code="201",route="chunk"} 1
                requests_total{code="206",route="media"} 2

                """)
    }

    @Test("Buckets are cumulative, include their bound, and end at +Inf")
    func histogram() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram(
            "wait_seconds", "Waits.", buckets: [0.5, 1, 2.5], labels: [("on", "disk")])
        for value in [0.25, 0.5, 0.75, 2.5, 4, .nan] { histogram.observe(value) }
        histogram.observe(.milliseconds(1500))
        #expect(
            registry.text() == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{on="disk",le="0.5"} 2
                wait_seconds_bucket{on="disk",le="1"} 3
                wait_seconds_bucket{on="disk",le="2.5"} 5
                wait_seconds_bucket{on="disk",le="+Inf"} 6
                wait_seconds_sum{on="disk"} 9.5
                wait_seconds_count{on="disk"} 6

                """)
    }

    @Test(
        "Label values and help are escaped",
        arguments: [
            (#"a"b"#, #"a\"b"#), ("a\nb", #"a\nb"#), (#"a\b"#, #"a\\b"#), ("größer", "größer"),
        ])
    func escaping(value: String, escaped: String) {
        let registry = MetricsRegistry()
        registry.gauge("g", "One\nline \\ \"two\".", labels: [("l", value)]).set(1)
        #expect(
            registry.text() == """
                # HELP g One\\nline \\\\ "two".
                # TYPE g gauge
                g{l="\(escaped)"} 1

                """)
    }

    @Test(
        "Numbers are written as Prometheus reads them",
        arguments: [
            (0, "0"), (-3, "-3"), (0.25, "0.25"), (1e300, "1e+300"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.nan, "NaN"), (9_007_199_254_740_992, "9007199254740992"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) {
        let registry = MetricsRegistry()
        registry.gauge("g", "G.") { value }
        #expect(registry.text().hasSuffix("\ng \(text)\n"))
    }

    @Test("The same name and labels give the same metric")
    func sameMetric() {
        let registry = MetricsRegistry()
        let first = registry.counter("a_total", "A.", labels: [("x", "1"), ("y", "2")])
        let again = registry.counter("a_total", "A.", labels: [("y", "2"), ("x", "1")])
        #expect(first === again)
        #expect(first !== registry.counter("a_total", "A."))
    }

    @Test("Adding from many tasks at once loses nothing")
    func concurrent() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", "A.")
        let gauge = registry.gauge("g", "G.")
        let histogram = registry.histogram("h_seconds", "H.", buckets: [1])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.add()
                        gauge.add(0.5)
                        histogram.observe(2)
                    }
                }
            }
        }
        #expect(counter.value == 8000)
        #expect(gauge.value == 4000)
        #expect(histogram.reading.cumulative == [0, 8000])
        #expect(histogram.reading.sum == 16000)
    }

    @Test("A counter kept elsewhere is read at each scrape")
    func computed() {
        let registry = MetricsRegistry()
        let kept = Counter()
        registry.counter("kept_total", "Kept.") { kept.value }
        kept.add(5)
        #expect(registry.text().hasSuffix("kept_total 5\n"))
        kept.add(1)
        #expect(registry.text().hasSuffix("kept_total 6\n"))
    }
}
