import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The responder against php-fpm and a libfcgi C program, each behind the same nginx on a unix socket,
 * in one run. What counts is the requests for a second of the application's own CPU time (user and
 * system, all its processes): on a machine that web server and load share, requests a second say
 * little about the application.
 *
 * <p>Usage: java Compare.java CLASSPATH C_PROGRAM PHP_SCRIPT SECONDS
 */
public class Compare {
  private static final int PROCESSES = 2;
  private static final int CONNECTIONS = 8;
  private static final int WARM_UP = 4;
  private static final long TICKS_PER_SECOND = 100;

  record Result(double perSecond, double perCpuSecond, long failed) {}

  public static void main(String[] args) throws Exception {
    Path dir = Files.createTempDirectory("fcgi-bench");
    int seconds = Integer.parseInt(args[3]);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path script = Files.copy(Path.of(args[2]), dir.resolve("hello.php"));
    Map<String, List<String>> applications = new TreeMap<>();
    applications.put("libfcgi C", List.of("spawn-fcgi", "-n", "-s", dir + "/libfcgi C", "--", args[1], "" + PROCESSES));
    Files.writeString(
        dir.resolve("fpm.conf"),
        """
        [global]
        daemonize = no
        error_log = %s/fpm.log
        [www]
        listen = %s/php-fpm
        user = root
        group = root
        pm = static
        pm.max_children = %d
        """
            .formatted(dir, dir, PROCESSES));
    applications.put("php-fpm", List.of(phpFpm(), "-F", "-R", "-y", dir + "/fpm.conf"));
    applications.put(
        "kidreaper", List.of(java, "-XX:+UseSerialGC", "-Xmx64m", "-cp", args[0],
            "io.kidreaper.fastcgi.bench.HelloWorker", dir + "/kidreaper"));
    applications.put(
        "kidreaper, C1 only", List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", args[0],
            "io.kidreaper.fastcgi.bench.HelloWorker", dir + "/kidreaper, C1 only"));
    Map<String, Process> started = new TreeMap<>();
    int port = freePort();
    try {
      StringBuilder locations = new StringBuilder();
      StringBuilder upstreams = new StringBuilder();
      int number = 0;
      for (String name : applications.keySet()) {
        started.put(name, start(dir, UnixDomainSocketAddress.of(dir.resolve(name)), applications.get(name)));
        number++;
        upstreams.append("upstream a%d { server 'unix:%s/%s'; keepalive 16; }\n".formatted(number, dir, name));
        locations.append(location("/" + number + "/", script, number, "off"));
        locations.append(location("/kept/" + number + "/", script, number, "on"));
      }
      Files.writeString(
          dir.resolve("nginx.conf"),
          """
          daemon off; master_process off; pid nginx.pid; error_log stderr error;
          events { worker_connections 256; }
          http { access_log off; fastcgi_buffers 32 32k; fastcgi_buffer_size 32k; fastcgi_max_temp_file_size 0;
            client_body_temp_path b; fastcgi_temp_path f; proxy_temp_path p; uwsgi_temp_path u; scgi_temp_path s;
            %s
            server { listen 127.0.0.1:%d; %s } }
          """
              .formatted(upstreams, port, locations));
      started.put("nginx", start(dir, new InetSocketAddress("127.0.0.1", port), List.of("nginx", "-p", dir.toString(), "-c", dir + "/nginx.conf")));
      System.out.printf(
          Locale.ROOT,
          "%d s each after %d s of warm-up, %d connections, %d processes (kidreaper: one JVM), %d processors%n%n"
              + "| answer | application | requests/s | requests per CPU second | ratio to C | failed |%n"
              + "|---|---|---:|---:|---:|---:|%n",
          seconds, seconds * WARM_UP, CONNECTIONS, PROCESSES, Runtime.getRuntime().availableProcessors());
      for (String answer : List.of("hello", "1KB", "1MB")) {
        Map<String, Result> results = new TreeMap<>();
        number = 0;
        for (String name : applications.keySet()) {
          number++;
          String base = "http://127.0.0.1:" + port;
          results.put(name, measure(base + "/" + number + "/?" + answer, seconds, started.get(name)));
          if (name.equals("kidreaper")) {
            // Prefork workers cannot: each kept connection would occupy one.
            results.put(
                name + ", kept connections",
                measure(base + "/kept/" + number + "/?" + answer, seconds, started.get(name)));
          }
        }
        double c = results.get("libfcgi C").perCpuSecond();
        results.forEach(
            (name, result) ->
                System.out.printf(
                    Locale.ROOT, "| %s | %s | %.0f | %.0f | %.2f | %d |%n",
                    answer, name, result.perSecond(), result.perCpuSecond(), result.perCpuSecond() / c, result.failed()));
      }
    } finally {
      for (Process process : started.values()) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroy);
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          all.forEach(ProcessHandle::destroyForcibly);
        }
      }
      try (Stream<Path> files = Files.walk(dir)) {
        files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
      }
    }
  }

  private static String location(String path, Path script, int upstream, String keep) {
    return "location %s { include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME %s; fastcgi_keep_conn %s; fastcgi_pass a%d; }\n"
        .formatted(path, script, keep, upstream);
  }

  private static Result measure(String url, int seconds, Process application) throws Exception {
    load(url, seconds * WARM_UP);
    long before = cpuTicks(application);
    Result rough = load(url, seconds);
    double cpuSeconds = (double) (cpuTicks(application) - before) / TICKS_PER_SECOND;
    return new Result(rough.perSecond(), rough.perSecond() * seconds / cpuSeconds, rough.failed());
  }

  private static Result load(String url, int seconds) throws Exception {
    Process wrk =
        new ProcessBuilder("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", url)
            .redirectErrorStream(true).start();
    String output = new String(wrk.getInputStream().readAllBytes());
    Matcher rate = Pattern.compile("Requests/sec: +([0-9.]+)").matcher(output);
    if (!rate.find()) {
      throw new IOException("wrk said: " + output);
    }
    Matcher failed = Pattern.compile("Non-2xx or 3xx responses: ([0-9]+)").matcher(output);
    return new Result(Double.parseDouble(rate.group(1)), 0, failed.find() ? Long.parseLong(failed.group(1)) : 0);
  }

  /** User and system time of a process and all below it. */
  private static long cpuTicks(Process process) throws IOException {
    long sum = 0;
    for (ProcessHandle one : Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList()) {
      String stat = Files.readString(Path.of("/proc", "" + one.pid(), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      sum += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return sum;
  }

  /** Starts a program and waits until it listens; says what it wrote if it does not. */
  private static Process start(Path dir, SocketAddress address, List<String> command) throws Exception {
    Path log = Files.createTempFile(dir, "log", "");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    for (int i = 0; i < 500 && process.isAlive(); i++) {
      try {
        SocketChannel.open(address).close();
        return process;
      } catch (IOException notYet) {
        Thread.sleep(20);
      }
    }
    process.destroyForcibly();
    throw new IOException(command + " does not listen: " + Files.readString(log));
  }

  private static String phpFpm() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/usr/sbin"))) {
      return files.map(Path::toString).filter(name -> name.matches(".*/php-fpm[0-9.]*")).sorted().toList().getLast();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
