package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.SecondFactor;
import pvemcp.sim.world.User;

/// Logging in, and what is allowed then.
class LoginTest {
    /// The secret and the code of RFC 6238's appendix B at 59 s, cut to six digits.
    private static final String RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    private final PveSim sim = Worlds.bare();
    private final SimClient root = SimClient.of(sim);
    private final SimClient nobody = SimClient.anonymous(sim);

    @BeforeEach
    void aUser() {
        sim.change(cluster -> {
            var user = new User("ann@pve");
            user.password = "correct horse";
            cluster.access.users.put(user.id(), user);
        });
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private SimClient.Answer logIn(String password) {
        return nobody.post("/access/ticket", "username=ann%40pve&password=" + encoded(password));
    }

    private SimClient with(Json.Obj login) {
        return nobody.with(
                        "Cookie: PVEAuthCookie=" + encoded(login.text("ticket").orElseThrow()))
                .with("CSRFPreventionToken: "
                        + login.text("CSRFPreventionToken").orElseThrow());
    }

    @Test
    void a_ticket_opens_reads_and_with_its_csrf_token_writes() {
        var login = logIn("correct horse").object();
        sim.change(cluster -> cluster.access.grant(new Acl("/", Acl.Kind.USER, "ann@pve", "Administrator", true)));
        var bare = nobody.with(
                "Cookie: PVEAuthCookie=" + encoded(login.text("ticket").orElseThrow()));

        assertThat(bare.get("/version").status()).isEqualTo(200);
        assertThat(bare.post("/pools", "poolid=a").reason()).isEqualTo("Permission denied - invalid csrf token");
        assertThat(with(login).post("/pools", "poolid=a").status()).isEqualTo(200);
    }

    @Test
    void a_ticket_lasts_two_hours_and_renews_itself_before() {
        var first = logIn("correct horse").object();
        sim.advance(Duration.ofMinutes(119));
        var second = logIn(first.text("ticket").orElseThrow()).object();
        sim.advance(Duration.ofMinutes(2));

        assertThat(with(first).get("/version").reason()).isEqualTo("Authentication failed!");
        assertThat(with(second).get("/version").status()).isEqualTo(200);
    }

    @Test
    void a_wrong_password_and_a_disabled_user_look_the_same() {
        var wrong = logIn("wrong");
        root.put("/access/users/ann@pve", "enable=0");
        var disabled = logIn("correct horse");

        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.reason()).isEqualTo("authentication failure").isEqualTo(disabled.reason());
    }

    @Test
    void a_second_factor_turns_the_first_ticket_into_half_of_one() {
        sim.change(cluster -> cluster.access
                .users
                .get("ann@pve")
                .factors
                .put("t", new SecondFactor("t", "recovery", "", "aaaa-1111 bbbb-2222", true, 0)));
        var half = logIn("correct horse").object();
        var challenge = half.text("ticket").orElseThrow();
        var second = "username=ann%40pve&tfa-challenge=" + encoded(challenge) + "&password=";

        assertThat(half.flag("NeedTFA")).contains(true);
        assertThat(with(half).get("/version").status()).isEqualTo(401);
        assertThat(nobody.post("/access/ticket", second + "recovery:cccc-3333").status())
                .isEqualTo(401);
        var login = nobody.post("/access/ticket", second + "recovery:aaaa-1111").object();
        assertThat(with(login).get("/version").status()).isEqualTo(200);
        assertThat(nobody.post("/access/ticket", second + "recovery:aaaa-1111").status())
                .as("a recovery key is used up")
                .isEqualTo(401);
    }

    @Test
    void a_totp_code_is_that_of_the_rfc() {
        var factor = new SecondFactor("t", "totp", "", RFC_SECRET, true, 0);

        assertThat(factor.isCode("287082", Instant.ofEpochSecond(59))).isTrue();
        assertThat(factor.isCode("287082", Instant.ofEpochSecond(159))).isFalse();
    }

    @Test
    void a_separated_token_has_no_more_than_both_it_and_its_user_were_given() {
        var secret = root.post("/access/users/ann@pve/token/view", "privsep=1")
                .object()
                .text("value")
                .orElseThrow();
        var token = nobody.with("Authorization: PVEAPIToken=ann@pve!view=" + secret);
        root.put("/access/acl", "path=/&roles=PVEAuditor&tokens=" + encoded("ann@pve!view"));
        var tokenAlone = token.get("/nodes/pve/status");
        root.put("/access/acl", "path=/nodes&roles=PVEAdmin&users=ann%40pve");
        var both = token.get("/nodes/pve/status");

        assertThat(tokenAlone.reason()).isEqualTo("Permission check failed (/nodes/pve, Sys.Audit)");
        assertThat(both.status()).isEqualTo(200);
        assertThat(token.get("/nodes/pve/syslog").reason())
                .as("the user may, the token not")
                .isEqualTo("Permission check failed (/nodes/pve, Sys.Syslog)");
    }

    @Test
    void the_nearest_line_of_the_acl_wins_and_no_access_takes_all() {
        root.post("/access/groups", "groupid=ops");
        root.put("/access/users/ann@pve", "groups=ops");
        root.put("/access/acl", "path=/&roles=PVEAuditor&groups=ops");
        root.put("/access/acl", "path=/nodes/pve&roles=NoAccess&users=ann%40pve");
        var ann = with(logIn("correct horse").object());

        var permissions = ann.get("/access/permissions").object();

        assertThat(permissions.object("/nodes").orElseThrow().has("Sys.Audit")).isTrue();
        assertThat(permissions.has("/nodes/pve")).isFalse();
    }

    @Test
    void what_only_root_may_is_refused_to_roots_own_token() {
        assertThat(root.post("/nodes/pve/execute", "commands=[]").reason())
                .isEqualTo("Permission check failed (user != root@pam)");
        assertThat(root.put("/access/password", "userid=ann%40pve&password=12345678")
                        .reason())
                .startsWith("Permission check failed (URI '/access/password' not available with API token");
    }

    @Test
    void privileges_are_judged_before_parameters() {
        var ann = with(logIn("correct horse").object());

        assertThat(ann.post("/pools", "poolid=p&bogus=1").status()).isEqualTo(403);
        assertThat(root.post("/pools", "poolid=p&bogus=1").problem("bogus"))
                .startsWith("property is not defined in schema");
    }
}
