package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.Tier;
import pvemcp.tools.Dashboard;

/// The dashboard as people meet it, in a real browser: at the address of a server, and in a host of MCP Apps.
@Timeout(300)
class DashboardTest {
    private static final String REBOOT = "POST /nodes/pve1/qemu/101/status/reboot";
    private static final String TOKEN = "the-token-of-anna";

    /// Reads the colours that the page has come to, and the contrast (WCAG 2.2, 1.4.3) of each text with what is
    /// behind it.
    private static final String FAINTEST = """
            (() => {
              const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
              const rgba = colour => {
                pen.clearRect(0, 0, 1, 1);
                pen.fillStyle = colour;
                pen.fillRect(0, 0, 1, 1);
                return [...pen.getImageData(0, 0, 1, 1).data];
              };
              const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
                .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
              const behind = element => {
                for (let at = element; at; at = at.parentElement) {
                  const colour = rgba(getComputedStyle(at).backgroundColor);
                  if (colour[3] > 200) return colour;
                }
                return [255, 255, 255, 255];
              };
              let worst = [21, ''];
              const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (texts.nextNode()) {
                const element = texts.currentNode.parentElement;
                if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest('script, style, .sr')) continue;
                const style = getComputedStyle(element);
                const [a, b] = [light(rgba(element.closest('svg') ? style.fill : style.color)), light(behind(element))];
                const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (contrast < worst[0]) worst = [contrast, texts.currentNode.data];
              }
              return worst[0] < 4.5 ? worst.join(' ') : '';
            })()""";

    private static final String UNNAMED = """
            [...document.querySelectorAll('button, input, [role], section, table')]
              .filter(e => !['presentation', 'search', 'status', 'alert'].includes(e.getAttribute('role')))
              .filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length))
              .map(e => e.outerHTML).join()""";

    private static Browser browser;

    private final Lab lab = Lab.of(Scenes.small());
    private McpServer server;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.start();
    }

    @AfterAll
    static void end() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void ask() {
        lab.policy(policy -> policy.with(Tier.OPERATE, Answer.ASK));
        serve();
    }

    private void serve() {
        server = new McpServer(lab.dispatcher(), new About("pve-mcp", "Proxmox VE", "1", ""), Emits.NOTHING);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Http listen(HttpSettings settings, Entrance entrance) throws IOException {
        return Http.start(settings, entrance, new Metrics(), Clock.systemUTC());
    }

    private Http open() throws IOException {
        var http = listen(HttpSettings.local().with(new Dashboard()), Entrance.open(server));
        browser.open("http://localhost:" + http.port() + "/");
        return http;
    }

    @Test
    void the_cluster_is_gone_through_with_the_keyboard_alone() throws IOException {
        try (var _ = open()) {
            browser.await("document.querySelector('[data-key=t-guests] tbody tr')");
            browser.await("document.querySelector('.tile dd').innerText.trim() !== '…'");
            browser.picture("cluster");
            assertThat(browser.text(UNNAMED)).isEmpty();

            browser.tabTo("document.activeElement.id === 'filter'");
            browser.type("web");
            browser.await("document.querySelectorAll('[data-key=t-guests] tbody tr').length === 1");
            browser.tabTo("document.activeElement.innerText === 'web'");
            browser.press("Enter");

            browser.await(
                    "document.activeElement.matches('h1') && document.querySelectorAll('.chart .line.one').length > 3");
            browser.tabTo("document.activeElement.matches('.plot')");
            var now = browser.text("document.activeElement.ariaValueText");
            browser.press("ArrowLeft");
            browser.await(
                    "document.activeElement.ariaValueText !== " + Json.str(now).write());
            assertThat(browser.text("document.activeElement.ariaLabel")).startsWith("CPU of 2 CPUs: mean");
            browser.picture("guest");
            assertThat(browser.text(UNNAMED)).isEmpty();

            browser.press("Escape");
            browser.await("document.querySelector('[data-key=t-guests]')");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void a_held_call_is_seen_approved_and_followed_to_its_end() throws IOException {
        try (var _ = open()) {
            openGuest();
            press("[data-action=reboot]");
            browser.await("document.querySelector('.held li code').innerText === '" + REBOOT + "'");
            browser.picture("held");
            assertThat(lab.requests()).doesNotContain(REBOOT);

            press("[data-do=approve]");
            browser.await("document.querySelector('main h1').innerText === 'qmreboot 101'");
            browser.await("document.querySelector('main .state').innerText === 'running'");
            browser.picture("task");
            lab.advance(Duration.ofMinutes(5));

            browser.await("document.querySelector('main .state').innerText === 'ok'");
            browser.await("document.getElementById('say').innerText.includes('The task has ended: OK')");
            assertThat(lab.requests()).containsOnlyOnce(REBOOT);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void a_no_changes_nothing() throws IOException {
        try (var _ = open()) {
            openGuest();
            press("[data-action=reboot]");
            press("[data-do=decline]");
            browser.await("document.querySelector('[data-action=reboot]:not(:disabled)')");
            assertThat(lab.requests()).doesNotContain(REBOOT);
        }
    }

    @Test
    void texts_can_be_read_in_light_and_dark_on_wide_and_narrow_windows() throws IOException {
        try (var _ = open()) {
            for (var view : List.of("cluster", "guest")) {
                if (view.equals("guest")) {
                    openGuest();
                    browser.await("document.querySelector('.chart') && document.querySelector('blockquote, .facts')");
                } else {
                    browser.await("document.querySelectorAll('table').length > 2");
                }
                for (var scheme : List.of("light", "dark")) {
                    browser.prefer(scheme);
                    browser.await("matchMedia('(prefers-color-scheme: " + scheme + ")').matches");
                    assertThat(browser.text(FAINTEST)).as(view + " " + scheme).isEmpty();
                    browser.width(380);
                    browser.await("innerWidth === 380");
                    assertThat(browser.text("document.documentElement.scrollWidth <= innerWidth"))
                            .isEqualTo("true");
                    browser.picture(view + "-" + scheme + "-narrow");
                    browser.width(1280);
                }
                browser.picture(view + "-dark");
            }
        }
    }

    @Test
    void who_has_no_token_is_asked_for_it_and_it_stays_in_the_page() throws IOException {
        var guarded = new Entrance() {
            @Override
            public boolean open() {
                return false;
            }

            @Override
            public Admission admit(Optional<String> token) {
                return token.equals(Optional.of(TOKEN))
                        ? new Admission.Welcome(new Visitor("anna", server))
                        : new Admission.Unknown("This token is nobody's");
            }
        };
        try (var http = listen(HttpSettings.local().with(new Dashboard()), guarded)) {
            browser.open("http://localhost:" + http.port() + "/");
            enter("wrong");
            browser.await("document.querySelector('[role=alert]').innerText.includes('nobody')");
            browser.picture("enter");
            enter(TOKEN);
            browser.await("document.querySelector('[data-key=t-guests] tbody tr')");
            assertThat(browser.text("localStorage.length + sessionStorage.length + document.cookie"))
                    .isEqualTo("0");
            assertThat(browser.text("document.documentElement.outerHTML")).doesNotContain(TOKEN);

            browser.eval("location.reload()");
            browser.await("document.getElementById('token')");
        }
    }

    private void enter(String token) {
        browser.await("document.getElementById('token')");
        browser.eval("document.getElementById('token').focus()");
        browser.type(token);
        browser.press("Enter");
    }

    // ---- in a host ----

    @Test
    void in_a_host_the_preview_of_a_held_call_is_answered_with_what_policy_lets_the_client_hand_back()
            throws IOException {
        try (var _ = inHost()) {
            browser.await("view().querySelector('.held li code').innerText === '" + REBOOT + "'");
            assertThat(browser.text("frame.contentDocument.documentElement.dataset.theme"))
                    .isEqualTo("dark");
            browser.picture("app-held");

            browser.click("view().querySelector('[data-do=approve]')");
            browser.await("view().querySelector('h1').innerText === 'qmreboot 101'");
            assertThat(lab.requests()).containsOnlyOnce(REBOOT);
            assertThat(browser.text("told.join()")).contains("The user approved in the dashboard");
            lab.advance(Duration.ofMinutes(5));
            browser.await("view().querySelector('main .state').innerText === 'ok'");
            assertThat(browser.text("sizes.length > 0 && sizes.every(size => size.height > 0)"))
                    .isEqualTo("true");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void in_a_host_a_no_makes_the_ticket_void() throws IOException {
        try (var _ = inHost()) {
            browser.await("view().querySelector('.held')");
            browser.click("view().querySelector('[data-do=decline]')");
            browser.await("view().querySelector('h1').innerText === 'Declined'");
            browser.eval("call({ name, arguments: { ...args, confirm: ticket } }).then(r => again = r)");
            browser.await("again.isError");
            assertThat(lab.requests()).doesNotContain(REBOOT);
        }
    }

    @Test
    void of_several_clusters_what_is_grave_stands_first() throws IOException {
        lab.beside("home", Scenarios.homelab());
        lab.beside("work", Scenarios.troubled());
        serve();
        try (var _ = open()) {
            browser.await("document.querySelectorAll('.problems li').length > 3");
            assertThat(
                            browser.text(
                                    "[...document.querySelectorAll('.problems li .state')].map(it => it.innerText.trim()).join()"))
                    .matches("grave(,grave)*(,minor)+");
        }
    }

    @Test
    void in_a_host_what_destroys_wants_its_name_typed() throws IOException {
        lab.policy(policy -> policy.with(Tier.DESTROY, Answer.ASK))
                .with(cluster -> cluster.guest(101).stop());
        serve();
        try (var _ = inHost("pve_guest_delete", Json.obj("guest", "web"))) {
            browser.await("view().querySelector('label').innerText.includes('type web')");
            browser.picture("app-destroys");
            browser.click("view().querySelector('[data-do=approve]')");
            browser.await("view().querySelector('[role=alert]').innerText.includes('type web')");
            assertThat(lab.requests()).doesNotContain("DELETE /nodes/pve1/qemu/101");

            browser.eval("view().querySelector('#typed').value = 'web'");
            browser.click("view().querySelector('[data-do=approve]')");
            browser.await("view().querySelector('h1 + .state').innerText === 'done'");
            assertThat(lab.requests()).containsOnlyOnce("DELETE /nodes/pve1/qemu/101");
        }
    }

    @Test
    void in_a_host_where_a_person_approves_at_a_terminal_the_page_says_so() throws IOException {
        lab.owner("policy.without_elicitation = \"approve\"\n");
        serve();
        try (var _ = inHost()) {
            browser.await("view().querySelector('.held').innerText.includes('pve-mcp approve ')");
            browser.click("view().querySelector('[data-do=approve]')");
            browser.await("view().querySelector('[role=alert]').innerText.includes('not_approved')");
            assertThat(lab.requests()).doesNotContain(REBOOT);
        }
    }

    private Around inHost() throws IOException {
        return inHost("pve_guest_power", Json.obj("guest", "web", "action", "reboot", "timeout", "1s"));
    }

    /// A host with the page in a frame, under the policy that hosts give a page that declares no domains; its model
    /// has made a call that is held.
    private Around inHost(String tool, Json.Obj arguments) throws IOException {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var host = HttpServer.create(loopback, 0);
        var origin = "http://localhost:" + host.getAddress().getPort();
        var settings = new HttpSettings(loopback, List.of(), List.of(origin), Optional.empty());
        var http = listen(settings, Entrance.open(server));
        var html = Files.readString(Path.of("src/test/resources/pvemcp/mcp/host.html"))
                .replace("SERVER", "http://localhost:" + http.port() + "/mcp");
        host.createContext("/", exchange -> {
            var bytes = html.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        host.start();
        var call = Json.obj("name", tool, "args", arguments).write();
        browser.open(origin + "/#" + URLEncoder.encode(call, StandardCharsets.UTF_8));
        return new Around(host, http);
    }

    private record Around(HttpServer host, Http http) implements AutoCloseable {
        @Override
        public void close() {
            host.stop(0);
            http.close();
        }
    }

    private static void openGuest() {
        browser.click("[...document.querySelectorAll('[data-do=guest]')].find(link => link.innerText === 'web')");
        browser.await("document.querySelector('[data-action=reboot]')");
    }

    private static void press(String selector) {
        browser.click("document.querySelector('" + selector + "')");
    }
}
