import Bytes
import Testing

struct BytesTests {
    @Test(
        arguments: [
            ([], ""), ([0], "00"), ([0x0f, 0xf0, 0xab], "0ff0ab"), ([255, 254], "fffe"),
        ] as [([UInt8], String)])
    func `Hexadecimal text comes back`(bytes: [UInt8], text: String) {
        #expect(Hex.encode(bytes) == text)
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.uppercased()) == bytes)
    }

    @Test(arguments: ["0", "000", "0g", "0x00", " 00", "é"])
    func `Anything else is not hexadecimal`(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `Base64 comes back, with and without padding`(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
        #expect(Base64.decode(text.filter { $0 != "=" }) == Array(plain.utf8))
    }

    @Test
    func `Every pair of bytes comes back through base64`() {
        for value in UInt16.min...UInt16.max where value % 7 == 0 {
            let bytes = [UInt8(value >> 8), UInt8(value & 0xff)]
            if Base64.decode(Base64.encode(bytes)) != bytes {
                Issue.record("\(bytes)")
                return
            }
        }
    }

    @Test(arguments: [
        "A", "=", "====", "A===", "AA=", "AA===", "AAA==", "AAAA=", "AA=A", "A A=",
        "AA\n=", "AA-_", "AAAAA",
    ])
    func `Anything else is not base64`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test
    func `Integers come back in the order they were written`() {
        var writer = ByteWriter(reservingBytes: 64)
        writer.append(7)
        writer.appendBigEndian(UInt16(0x0102))
        writer.appendBigEndian(UInt32(0x0304_0506))
        writer.appendBigEndian(UInt64(0x0708_090a_0b0c_0d0e))
        writer.appendLittleEndian(UInt16(0x0102))
        writer.appendLittleEndian(UInt32(0x0304_0506))
        writer.appendLittleEndian(UInt64(0x0708_090a_0b0c_0d0e))
        writer.append(contentsOf: [1, 2, 3])
        #expect(
            Hex.encode(writer.bytes)
                == "07" + "0102" + "03040506" + "0708090a0b0c0d0e"
                + "0201" + "06050403" + "0e0d0c0b0a090807" + "010203")
        #expect(writer.count == 32)

        var reader = ByteReader(writer.bytes)
        #expect(reader.readUInt8() == 7)
        #expect(reader.readBigEndianUInt16() == 0x0102)
        #expect(reader.readBigEndianUInt32() == 0x0304_0506)
        #expect(reader.readBigEndianUInt64() == 0x0708_090a_0b0c_0d0e)
        #expect(reader.readLittleEndianUInt16() == 0x0102)
        #expect(reader.readLittleEndianUInt32() == 0x0304_0506)
        #expect(reader.readLittleEndianUInt64() == 0x0708_090a_0b0c_0d0e)
        #expect(reader.readBigEndianUInt32() == nil)
        #expect(reader.readBytes(4) == nil)
        #expect(reader.readBytes(3) == [1, 2, 3])
        #expect(reader.remainingCount == 0)
        #expect(reader.readUInt8() == nil)
        #expect(ByteReader([1, 2], from: 1).remainingCount == 1)
    }

    @Test(
        arguments: [
            (0, "00"), (127, "7f"), (128, "8001"), (300, "ac02"), (16_383, "ff7f"),
            (16_384, "808001"), (.max, "ffffffffffffffffff01"),
        ] as [(UInt64, String)])
    func `Varints come back, and are as short as can be`(value: UInt64, text: String) throws {
        var writer = ByteWriter()
        writer.appendVarint(value)
        #expect(Hex.encode(writer.bytes) == text)
        var reader = ByteReader(writer.bytes)
        #expect(reader.readVarint() == value)
        #expect(reader.remainingCount == 0)
        var cut = ByteReader(Array(writer.bytes.dropLast()))
        #expect(cut.readVarint() == nil)
        #expect(cut.offset == 0)
    }

    @Test(arguments: ["ffffffffffffffffff02", "ffffffffffffffffffff01", "8080"])
    func `A varint that ends nowhere or is too long is refused`(text: String) throws {
        var reader = ByteReader(try #require(Hex.decode(text)))
        #expect(reader.readVarint() == nil)
    }
}
