package pvemcp.mcp;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import pvemcp.json.Json;
import pvemcp.lab.Folders;

/// A headless Chromium with one tab at a time, steered over the Chrome DevTools Protocol. Where there is no Chromium,
/// the tests that want one are skipped and say so.
final class Browser implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final String LISTENING = "DevTools listening on ";
    private static final Path PICTURES = Path.of("target/dashboard");

    private final Process process;
    private final Path profile;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Long, CompletableFuture<Json.Obj>> waiting = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private String tab = "";
    private volatile String session = "";

    private Browser(Process process, Path profile, URI address) {
        this.process = process;
        this.profile = profile;
        this.socket =
                client.newWebSocketBuilder().buildAsync(address, new Listener()).join();
    }

    /// Starts one; skips the test where there is none.
    static Browser start() throws IOException {
        var profile = Files.createTempDirectory("browser");
        for (var name : NAMES) {
            var command = List.of(
                    name,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-background-networking",
                    // Or pages that nobody sees are run a few times a second, and no more than that.
                    "--disable-background-timer-throttling",
                    "--disable-backgrounding-occluded-windows",
                    "--disable-renderer-backgrounding",
                    // In containers /dev/shm is often too small for it.
                    "--disable-dev-shm-usage",
                    "--remote-debugging-port=0",
                    "--window-size=1280,900",
                    "--user-data-dir=" + profile,
                    "about:blank");
            Process process;
            try {
                process = new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException _) {
                continue;
            }
            return new Browser(process, profile, address(process.errorReader()));
        }
        Files.delete(profile);
        return abort("The dashboard was not opened: there is none of %s on the PATH".formatted(NAMES));
    }

    private static URI address(BufferedReader said) throws IOException {
        for (var line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(LISTENING)) {
                var address = URI.create(line.substring(LISTENING.length()));
                // It goes on saying things, and would stop where nobody reads them.
                Thread.startVirtualThread(() -> said.lines().forEach(_ -> {}));
                return address;
            }
        }
        throw new IOException("the browser has ended");
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean whole) {
            text.append(data);
            if (whole) {
                received((Json.Obj) Json.parse(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void received(Json.Obj message) {
        var answered = message.whole("id").map(waiting::remove);
        if (answered.isPresent()) {
            answered.get().complete(message);
            return;
        }
        var method = message.text("method").orElse("");
        boolean complains = switch (method) {
            case "Runtime.exceptionThrown" -> true;
            case "Log.entryAdded" -> message.write().contains("\"level\":\"error\"");
            default -> false;
        };
        // A tab that was closed may still complain that its server has gone.
        if (complains && message.text("sessionId").orElse("").equals(session)) {
            complaints.add(message.write());
        }
    }

    private Json.Obj send(String method, Json.Obj params) {
        long id = last.incrementAndGet();
        var answer = new CompletableFuture<Json.Obj>();
        waiting.put(id, answer);
        var request = Json.obj("id", id, "method", method, "params", params);
        var text = (session.isEmpty() ? request : request.with("sessionId", session)).write();
        socket.sendText(text, true).join();
        try {
            var message = answer.get(90, TimeUnit.SECONDS);
            return message.object("result").orElseThrow(() -> new Refused(message.write()));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(method, e);
        }
    }

    /// The browser did not do what it was told, as when the page went away meanwhile.
    private static final class Refused extends AssertionError {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }

        /// In the words of Chromium: "Inspected target navigated or closed", "Cannot find context with specified id",
        /// "Execution context was destroyed", "Promise was collected".
        boolean pageIsLeft() {
            return Stream.of("navigated", "context", "collected").anyMatch(getMessage()::contains);
        }
    }

    /// Opens a fresh tab there, and closes the one before.
    void open(String url) {
        session = "";
        if (!tab.isEmpty()) {
            send("Target.closeTarget", Json.obj("targetId", tab));
        }
        complaints.clear();
        tab = send("Target.createTarget", Json.obj("url", "about:blank"))
                .text("targetId")
                .orElseThrow();
        session = send("Target.attachToTarget", Json.obj("targetId", tab, "flatten", true))
                .text("sessionId")
                .orElseThrow();
        send("Runtime.enable", Json.Obj.EMPTY);
        send("Log.enable", Json.Obj.EMPTY);
        send("Page.enable", Json.Obj.EMPTY);
        send("Page.navigate", Json.obj("url", url));
    }

    /// The value of an expression, or of the promise it is.
    Json eval(String expression) {
        var params = Json.obj("expression", expression, "awaitPromise", true, "returnByValue", true);
        var result = send("Runtime.evaluate", params);
        if (result.has("exceptionDetails")) {
            throw new AssertionError(result.write());
        }
        return result.object("result").orElseThrow().get("value").orElse(Json.Null.NULL);
    }

    String text(String expression) {
        return eval(expression).scalarText().orElse("");
    }

    /// Waits until this holds in the page. Where the page is left for another meanwhile, that one is asked anew.
    void await(String condition) {
        for (int pages = 1; ; pages++) {
            try {
                look(condition);
                return;
            } catch (Refused e) {
                if (!e.pageIsLeft() || pages == 10) {
                    throw e;
                }
            }
        }
    }

    private void look(String condition) {
        eval("""
                new Promise((yes, no) => {
                  const end = Date.now() + 60000;
                  (function look() {
                    let holds = false;
                    try { holds = %s; } catch {}
                    if (holds) yes();
                    else if (Date.now() > end) no(new Error('waited for ' + %s + ' in: ' + document.body?.innerText));
                    else setTimeout(look, 20);
                  })();
                })""".formatted(condition, Json.str(condition).write()));
    }

    /// Clicks on what this expression is, as soon as it is there and can be clicked on.
    void click(String expression) {
        await("(it => it && !it.disabled && (it.click(), true))(" + expression + ")");
    }

    /// Presses a key, as `Tab`, `Enter` or `ArrowLeft`.
    void press(String key) {
        int code = switch (key) {
            case "Tab" -> 9;
            case "Enter" -> 13;
            case "Escape" -> 27;
            case "ArrowLeft" -> 37;
            default -> throw new IllegalArgumentException(key);
        };
        var down = Json.obj("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code);
        send("Input.dispatchKeyEvent", key.equals("Enter") ? down.with("text", "\r") : down);
        send("Input.dispatchKeyEvent", down.with("type", "keyUp"));
    }

    /// Goes on with Tab until this holds.
    void tabTo(String condition) {
        for (int i = 0; i < 80; i++) {
            if (eval(condition).equals(Json.bool(true))) {
                return;
            }
            press("Tab");
        }
        throw new AssertionError("Tab does not lead to " + condition);
    }

    void type(String text) {
        send("Input.insertText", Json.obj("text", text));
    }

    void prefer(String scheme) {
        var feature = Json.obj("name", "prefers-color-scheme", "value", scheme);
        send("Emulation.setEmulatedMedia", Json.obj("features", Json.arr(feature)));
    }

    /// How wide the window is, in pixels.
    void width(int pixels) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Json.obj("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    }

    /// Puts a picture of the whole page into `target/dashboard`, for a person to look at.
    void picture(String name) {
        var shot = send("Page.captureScreenshot", Json.obj("format", "png", "captureBeyondViewport", true));
        try {
            Files.createDirectories(PICTURES);
            var bytes = Base64.getDecoder().decode(shot.text("data").orElseThrow());
            Files.write(PICTURES.resolve(name + ".png"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What went wrong in the page, or was kept from it by its policy.
    List<String> complaints() {
        return new ArrayList<>(complaints);
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        client.shutdownNow();
        var family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroyForcibly);
        family.forEach(each -> each.onExit().join());
        Folders.delete(profile);
    }
}
