package pvemcp.sim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.lab.TrustAll;

/// Speaks HTTP to a simulator byte by byte, so that a test sees reason phrases and broken connections as they are.
final class SimClient implements AutoCloseable {
    /// pveproxy ends a connection after so many.
    private static final int REQUESTS_A_CONNECTION = 100;

    private final PveSim sim;
    private final List<String> headers = new ArrayList<>();
    private boolean keepsAlive;
    private Optional<Socket> kept = Optional.empty();
    private int sent;

    private SimClient(PveSim sim) {
        this.sim = sim;
    }

    static SimClient anonymous(PveSim sim) {
        return new SimClient(sim);
    }

    /// With the token the scenario hands out.
    static SimClient of(PveSim sim) {
        return anonymous(sim).with("Authorization: " + sim.token().header());
    }

    SimClient with(String header) {
        var copy = new SimClient(sim);
        copy.headers.addAll(headers);
        copy.headers.add(header);
        return copy;
    }

    /// The same over one connection, as long as that is kept open: for many requests. To be closed.
    SimClient keepingAlive() {
        keepsAlive = true;
        return this;
    }

    @Override
    public void close() {
        try {
            if (kept.isPresent()) {
                kept.get().close();
            }
            kept = Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record Answer(int status, String reason, Map<String, String> headers, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        Json.Obj json() {
            return (Json.Obj) Json.parse(text());
        }

        Json data() {
            return json().get("data").orElseThrow();
        }

        Json.Obj object() {
            return (Json.Obj) data();
        }

        List<Json.Obj> rows() {
            return ((Json.Arr) data())
                    .items().stream().map(Json.Obj.class::cast).toList();
        }

        /// What is wrong with one parameter.
        String problem(String parameter) {
            return json().object("errors").orElseThrow().text(parameter).orElseThrow();
        }
    }

    Answer get(String path) {
        return send("GET", path, "");
    }

    Answer delete(String path) {
        return send("DELETE", path, "");
    }

    Answer post(String path, String form) {
        return send("POST", path, form);
    }

    Answer put(String path, String form) {
        return send("PUT", path, form);
    }

    /// @param path below `/api2/json`, or absolute
    private Answer send(String method, String path, String form) {
        var target = path.startsWith("/api2") || path.startsWith("/pve-docs") ? path : "/api2/json" + path;
        var lines = new ArrayList<>(List.of(method + " " + target + " HTTP/1.1", "Host: localhost"));
        lines.addAll(headers);
        if (method.equals("POST") || method.equals("PUT")) {
            lines.add("Content-Type: application/x-www-form-urlencoded");
            lines.add("Content-Length: " + form.length());
        }
        return raw(String.join("\r\n", lines) + "\r\n\r\n" + form);
    }

    /// Sends these bytes and reads one answer.
    Answer raw(String request) {
        boolean again = false;
        try {
            var socket = kept.isPresent() ? kept.get() : connect();
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            var answer = read(socket.getInputStream());
            again = keepsAlive && answer.status() < 400 && ++sent < REQUESTS_A_CONNECTION;
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (!again) {
                close();
            }
        }
    }

    private Socket connect() throws IOException {
        var socket = TrustAll.sockets().createSocket("127.0.0.1", sim.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        kept = Optional.of(socket);
        sent = 0;
        return socket;
    }

    static Answer read(InputStream in) throws IOException {
        var status = line(in).split(" ", 3);
        var headers = new LinkedHashMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            var parts = line.split(": ", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Answer(Integer.parseInt(status[1]), status[2], headers, in.readNBytes(length));
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
