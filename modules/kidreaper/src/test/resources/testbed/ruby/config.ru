# The Rack application, for unicorn and puma. Route.java says what each answer has to be.

require "zlib"

module Bed
  MULTIPLIER = 2_654_435_761
  PAGE_BYTES = 4096

  # Both servers load this file before they fork their workers.
  PRELOADED = "\x01".b * (64 * 1024 * 1024)
  LEAKED = []
  @unshared_bytes = 0

  class Stream
    def initialize(chunks, millis)
      @chunks = chunks
      @millis = millis
    end

    def each
      @chunks.times do |i|
        sleep(@millis / 1000.0)
        yield format("chunk %06d\n", i)
      end
    end
  end

  def self.echo(bytes, seed)
    words = Array.new((bytes + 3) / 4) { |i| (seed + i * MULTIPLIER) & 0xffffffff }
    words.pack("N*").byteslice(0, bytes)
  end

  def self.leak(kilobytes)
    LEAKED << "\x01".b * (kilobytes * 1024)
    "leaked #{kilobytes}\n"
  end

  def self.unshare(kilobytes)
    (0...kilobytes * 1024).step(PAGE_BYTES) do
      PRELOADED.setbyte(@unshared_bytes % PRELOADED.bytesize, 2)
      @unshared_bytes += PAGE_BYTES
    end
    "unshared #{kilobytes}\n"
  end

  def self.sum(env)
    body = env["rack.input"].read || ""
    "#{body.bytesize} #{Zlib.crc32(body)}\n"
  end

  def self.answer(env)
    query = Rack::Utils.parse_query(env["QUERY_STRING"])
    number = ->(name) { Integer(query.fetch(name), 10) }
    case env["PATH_INFO"]
    when "/hello" then "hello, world\n"
    when "/echo" then echo(number["bytes"], number["seed"])
    when "/stream" then Stream.new(number["chunks"], number["millis"])
    when "/leak" then leak(number["kb"])
    when "/unshare" then unshare(number["kb"])
    when "/pid" then "#{Process.pid}\n"
    when "/sum" then sum(env)
    end
  end

  def self.call(env)
    case answer = answer(env)
    when nil then [404, { "Content-Length" => "0" }, []]
    when Stream then [200, { "Content-Type" => "text/plain" }, answer]
    else
      headers = {
        "Content-Type" => "application/octet-stream",
        "Content-Length" => answer.bytesize.to_s,
      }
      [200, headers, [answer]]
    end
  end
end

run Bed
