package pvemcp.sim.replay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import pvemcp.json.Json;

/// Sends a recorded request as it was sent then, byte for byte where that matters: a TLS connection each, no library
/// between that would mend a bad one.
final class Sender {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final String FORM = "application/x-www-form-urlencoded";

    private final int port;
    private final SSLContext tls;

    Sender(int port, SSLContext tls) {
        this.port = port;
        this.tls = tls;
    }

    /// @param credentials headers that say who asks
    Answer send(Exchange exchange, Mapping mapping, Map<String, String> credentials) {
        var request = (Json.Obj) mapping.apply(exchange.request());
        var headers = new LinkedHashMap<String, String>();
        headers.put("Host", "127.0.0.1:" + port);
        headers.putAll(credentials);
        request.object("headers")
                .ifPresent(extra -> extra.members().forEach((name, value) -> headers.put(name, text(value))));
        var body = body(request, headers);
        var target = target(mapping.applyEncoded(exchange.path()), request);
        try {
            return exchange(exchange.method(), target, headers, body);
        } catch (IOException e) {
            return Answer.CLOSED;
        }
    }

    Answer get(String path, Map<String, String> credentials) {
        try {
            return exchange("GET", "/api2/json" + path, credentials, new byte[0]);
        } catch (IOException e) {
            return Answer.CLOSED;
        }
    }

    Answer post(String path, String form) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", FORM);
        var body = form.getBytes(StandardCharsets.UTF_8);
        headers.put("Content-Length", Integer.toString(body.length));
        try {
            return exchange("POST", "/api2/json" + path, headers, body);
        } catch (IOException e) {
            return Answer.CLOSED;
        }
    }

    private static String target(String path, Json.Obj request) {
        var absolute = path.startsWith("/api2") || path.startsWith("/pve-docs") || path.startsWith("/favicon");
        var query = request.text("rawQuery")
                .or(() -> request.object("query").map(Sender::encode).filter(text -> !text.isEmpty()));
        var start = absolute ? path : "/api2/json" + path;
        return query.map(text -> start + "?" + text).orElse(start);
    }

    private static byte[] body(Json.Obj request, Map<String, String> headers) {
        if (request.array("multipart").isPresent()) {
            headers.put("Content-Type", "multipart/form-data; boundary=----replay");
            var body = multipart(request.array("multipart").orElseThrow());
            headers.put("Content-Length", Integer.toString(body.length));
            return body;
        }
        if (request.has("raw")) {
            var body = request.text("raw").orElse("").getBytes(StandardCharsets.UTF_8);
            request.text("contentType").ifPresent(type -> headers.put("Content-Type", type));
            if (request.flag("chunked").orElse(false)) {
                headers.put("Transfer-Encoding", "chunked");
                return (Integer.toHexString(body.length) + "\r\n" + new String(body, StandardCharsets.UTF_8)
                                + "\r\n0\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8);
            }
            headers.put("Content-Length", Integer.toString(body.length));
            return body;
        }
        if (request.has("json")) {
            var body = request.get("json").orElseThrow().write().getBytes(StandardCharsets.UTF_8);
            headers.put("Content-Type", "application/json");
            headers.put("Content-Length", Integer.toString(body.length));
            return body;
        }
        if (request.object("form").isPresent()) {
            var body = encode(request.object("form").orElseThrow()).getBytes(StandardCharsets.UTF_8);
            headers.put("Content-Type", FORM);
            headers.put("Content-Length", Integer.toString(body.length));
            return body;
        }
        return new byte[0];
    }

    private static String encode(Json.Obj parameters) {
        var pairs = new ArrayList<String>();
        parameters.members().forEach((name, value) -> {
            var values = value instanceof Json.Arr(var items) ? items : List.of(value);
            values.forEach(one -> pairs.add(Mapping.encode(name) + "=" + Mapping.encode(expand(text(one)))));
        });
        return String.join("&", pairs);
    }

    /// Long values are recorded as `(70000 characters "x")`.
    private static String expand(String value) {
        var match = Pattern.compile("\\((\\d+) characters \"(.)\"\\)").matcher(value);
        return match.matches() ? match.group(2).repeat(Integer.parseInt(match.group(1))) : value;
    }

    private static String text(Json value) {
        return value.scalarText().orElse("");
    }

    private static byte[] multipart(Json.Arr parts) {
        var text = new StringBuilder();
        for (var item : parts.items()) {
            var part = (Json.Obj) item;
            text.append("------replay\r\nContent-Disposition: form-data; name=\"")
                    .append(part.text("name").orElseThrow())
                    .append('"');
            part.text("filename")
                    .ifPresent(name -> text.append("; filename=\"").append(name).append('"'));
            text.append("\r\n");
            if (part.has("filename")) {
                text.append("Content-Type: application/octet-stream\r\n");
            }
            text.append("\r\n")
                    .append(part.text("value")
                            .orElseGet(() ->
                                    "x".repeat(part.whole("bytes").orElseThrow().intValue())))
                    .append("\r\n");
        }
        return text.append("------replay--\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private Answer exchange(String method, String target, Map<String, String> headers, byte[] body) throws IOException {
        try (var socket = (SSLSocket) tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            // A request waits for nobody's acknowledgement of the handshake, which takes its 40 ms.
            socket.setTcpNoDelay(true);
            var head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            var out = socket.getOutputStream();
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes(head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8));
            bytes.writeBytes(body);
            out.write(bytes.toByteArray());
            out.flush();
            return read(socket.getInputStream(), method);
        }
    }

    private static Answer read(InputStream in, String method) throws IOException {
        var statusLine = line(in).split(" ", 3);
        int length = -1;
        var encoding = "";
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            var value = header.substring(colon + 1).strip();
            switch (header.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "content-encoding" -> encoding = value;
                default -> {}
            }
        }
        var body = method.equals("HEAD") ? new byte[0] : length >= 0 ? in.readNBytes(length) : in.readAllBytes();
        var plain = switch (encoding) {
            case "gzip" -> new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
            case "deflate" -> new InflaterInputStream(new ByteArrayInputStream(body)).readAllBytes();
            default -> body;
        };
        return new Answer(
                Integer.parseInt(statusLine[1]),
                statusLine.length > 2 ? statusLine[2] : "",
                new String(plain, StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended in the head of the answer");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
