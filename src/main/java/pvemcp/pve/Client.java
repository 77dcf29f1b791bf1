package pvemcp.pve;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionReuseStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import pvemcp.text.Reason;

/// Everything that names the HTTP library, so that none of it is loaded before the first request.
final class Client {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    // pveproxy closes an idle connection after 5 s (PVE::APIServer::AnyEvent), and what is sent into that is lost.
    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final int LARGEST_BODY = 64 << 20;
    private static final int LARGEST_RATIO = 200;
    private static final String SENT = "pve.sent";

    private final CloseableHttpClient pooled;
    private final CloseableHttpClient fresh;

    Client(Connection connection) {
        var tls = tls(connection);
        // PVE closes the connection after every refusal (PVE::APIServer::AnyEvent).
        pooled = client(
                connection,
                tls,
                (request, response, context) -> response.getCode() < 400
                        && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context));
        // A write never goes over a connection that PVE may be closing at that moment.
        fresh = client(connection, tls, (request, response, context) -> false);
    }

    private static DefaultClientTlsStrategy tls(Connection connection) {
        try {
            var context = Certificates.context(connection.trust());
            // BUILTIN lets the trust manager check the host name inside the handshake; a pinned certificate
            // may have any name in it.
            return connection.trust() instanceof Connection.Trust.Fingerprints
                    ? new DefaultClientTlsStrategy(
                            context, HostnameVerificationPolicy.CLIENT, NoopHostnameVerifier.INSTANCE)
                    : new DefaultClientTlsStrategy(
                            context, HostnameVerificationPolicy.BUILTIN, NoopHostnameVerifier.INSTANCE);
        } catch (IOException | GeneralSecurityException e) {
            throw new PveException(
                    new PveFault.Unreachable(connection.name(), "the trusted certificates cannot be read: " + e), e);
        }
    }

    private static CloseableHttpClient client(
            Connection connection, DefaultClientTlsStrategy tls, ConnectionReuseStrategy reuse) {
        var connect = CONNECT.compareTo(connection.timeout()) < 0 ? CONNECT : connection.timeout();
        var request = RequestConfig.custom()
                .setConnectionRequestTimeout(timeout(connection.timeout()))
                .setResponseTimeout(timeout(connection.timeout()))
                .setRedirectsEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build();
        return HttpClientBuilder.create()
                .setConnectionManager(connections(tls, connect))
                .setRequestExecutor(new Executor(reuse))
                .setConnectionReuseStrategy(reuse)
                .setKeepAliveStrategy((response, context) -> TimeValue.ofMilliseconds(IDLE.toMillis()))
                .setDefaultRequestConfig(request)
                .setUserAgent("pve-mcp")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .build();
    }

    private static PoolingHttpClientConnectionManager connections(DefaultClientTlsStrategy tls, Duration connect) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(tls)
                .setMaxConnPerRoute(Places.AN_ENDPOINT)
                .setMaxConnTotal(Places.AN_ENDPOINT * 8)
                .setDefaultTlsConfig(
                        TlsConfig.custom().setHandshakeTimeout(timeout(connect)).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout(connect))
                        .setSocketTimeout(timeout(connect))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .build())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxHeaderCount(100)
                                .setMaxLineLength(16 << 10)
                                .setMaxEmptyLineCount(10)
                                .build())
                        // Reason phrases are in UTF-8 where PVE quotes what somebody wrote.
                        .charCodingConfig(CharCodingConfig.custom()
                                .setCharset(StandardCharsets.UTF_8)
                                .setMalformedInputAction(CodingErrorAction.REPLACE)
                                .setUnmappableInputAction(CodingErrorAction.REPLACE)
                                .build())
                        .build())
                .build();
    }

    private static Timeout timeout(Duration time) {
        return Timeout.ofMilliseconds(Math.max(1, time.toMillis()));
    }

    HttpUriRequestBase request(URI endpoint, Request request, String base, Map<String, String> headers) {
        var query = request.query().isEmpty() ? "" : "?" + request.query();
        var root = endpoint.toString().replaceAll("/+$", "");
        var http = new HttpUriRequestBase(request.verb().name(), URI.create(root + base + request.path() + query));
        boolean file = request.cargo().isPresent() && request.verb() == Verb.GET;
        http.setHeader("Accept", file ? "*/*" : "application/json");
        http.setHeader("Accept-Encoding", file ? "identity" : "gzip");
        headers.forEach(http::setHeader);
        if (request.cargo().isPresent() && request.cargo().get() instanceof Cargo.Up up) {
            http.setEntity(new MultipartEntity(up));
        } else if (request.hasBody()) {
            http.setEntity(new StringEntity(request.form(), ContentType.APPLICATION_FORM_URLENCODED));
        }
        return http;
    }

    /// Sends it and reads the whole answer. Only failures this does not foresee leave as exceptions.
    Outcome exchange(HttpUriRequestBase http, AtomicBoolean sent, Request request) {
        var context = HttpClientContext.create();
        context.setAttribute(SENT, sent);
        boolean reading = request.verb() == Verb.GET && request.cargo().isEmpty();
        try {
            return (reading ? pooled : fresh).execute(http, context, response -> {
                if (response.getCode() == 200
                        && request.cargo().isPresent()
                        && request.cargo().get() instanceof Cargo.Down down) {
                    return receive(response, down);
                }
                return read(response);
            });
        } catch (Beyond e) {
            return new Outcome.TooLarge(e.getMessage());
        } catch (IOException e) {
            var refused = refused(e);
            if (refused.isPresent()) {
                return new Outcome.Untrusted(
                        refused.get().fingerprint(), refused.get().getMessage());
            }
            return sent.get() ? new Outcome.Cut(Reason.of(e)) : new Outcome.Unsent(Reason.of(e));
        }
    }

    private static Optional<Certificates.Refused> refused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Certificates.Refused refused) {
                return Optional.of(refused);
            }
        }
        return Optional.empty();
    }

    private static Outcome receive(ClassicHttpResponse response, Cargo.Down down) throws IOException {
        var entity = response.getEntity();
        if (entity != null) {
            down.readFrom(entity.getContent(), entity.getContentLength() >= 0 || entity.isChunked());
        }
        return new Outcome.Answered(200, "OK", "", Optional.empty(), new byte[0]);
    }

    private static Outcome read(ClassicHttpResponse response) throws IOException {
        byte[] body = new byte[0];
        var entity = response.getEntity();
        if (entity != null) {
            boolean zipped = "gzip".equals(entity.getContentEncoding());
            // Not closed here: closing reads what is left, which may be without end. The client drops the
            // connection when this fails, and gets it back when the end has been read.
            var counted = new Counted(entity.getContent());
            body = all(zipped ? new GZIPInputStream(counted) : counted, counted);
            if (entity.getContentLength() < 0 && !entity.isChunked() && isCut(entity.getContentType(), body)) {
                return new Outcome.Cut("the connection was closed in the middle of the answer");
            }
        }
        var type = response.getFirstHeader("Content-Type");
        return new Outcome.Answered(
                response.getCode(),
                Optional.ofNullable(response.getReasonPhrase()).orElse(""),
                type == null ? "" : type.getValue(),
                retryAfter(response),
                body);
    }

    /// Without a length, the end of the connection is taken for the end of the answer. JSON tells.
    private static boolean isCut(String type, byte[] body) {
        return type != null
                && type.startsWith("application/json")
                && !new String(body, StandardCharsets.UTF_8).stripTrailing().endsWith("}");
    }

    /// Up to 30 s are honoured.
    private static Optional<Duration> retryAfter(ClassicHttpResponse response) {
        var header = response.getFirstHeader("Retry-After");
        return header != null && header.getValue().matches("[0-9]|[12][0-9]|30")
                ? Optional.of(Duration.ofSeconds(Long.parseLong(header.getValue())))
                : Optional.empty();
    }

    private static byte[] all(InputStream in, Counted wire) throws IOException {
        var out = new ByteArrayOutputStream();
        var buffer = new byte[16 << 10];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            out.write(buffer, 0, n);
            if (out.size() > LARGEST_BODY) {
                throw new Beyond("the answer is larger than 64 MiB: ask for less at a time");
            }
            // Small answers of repeated rows compress very well; only large ones are a danger.
            if (out.size() > 1 << 20 && out.size() / LARGEST_RATIO > wire.count) {
                throw new Beyond("the answer is compressed more than %d times".formatted(LARGEST_RATIO));
            }
        }
        return out.toByteArray();
    }

    void close() {
        try {
            pooled.close();
            fresh.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Beyond extends IOException {
        private static final long serialVersionUID = 1;

        Beyond(String message) {
            super(message);
        }
    }

    /// How many bytes came over the wire.
    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            count += Math.max(n, 0);
            return n;
        }
    }

    /// Notes the moment from which bytes of a request may have left.
    private static final class Executor extends HttpRequestExecutor {
        Executor(ConnectionReuseStrategy reuse) {
            super(reuse);
        }

        @Override
        public ClassicHttpResponse execute(
                ClassicHttpRequest request,
                HttpClientConnection connection,
                HttpResponseInformationCallback information,
                HttpContext context)
                throws IOException, HttpException {
            ((AtomicBoolean) context.getAttribute(SENT)).set(true);
            return super.execute(request, connection, information, context);
        }
    }
}
