package pvemcp.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.tool.Tier;

/// What can be configured about callers over HTTP, and what is said where it makes no sense.
class CallersConfigTest extends ConfigFolder {
    private static final String TWO = """
            [clusters.lab]
            url = "https://lab.example:8006"
            token_id = "mcp@pve!agent"
            token_secret = "s3cret"
            [clusters.prod]
            url = "https://prod.example:8006"
            token_id = "mcp@pve!agent"
            token_secret = "s3cret"
            """;

    private Config load(String toml) throws IOException {
        return load(toml, Map.of());
    }

    private List<String> problems(String toml) {
        return problemsOf(toml, Map.of());
    }

    @Test
    void a_principal_has_credentials_for_each_cluster_by_its_name() throws IOException {
        var config = load(TWO + """
                [[principal]]
                name = "anna"
                clusters.prod.token_id = "anna@corp!mcp"
                clusters.prod.token_secret_command = "pass show anna"
                """);

        var anna = config.principals().getFirst();
        assertThat(anna.name()).isEqualTo("anna");
        assertThat(anna.cluster("prod")).hasValueSatisfying(prod -> {
            assertThat(prod.principal()).isEqualTo("anna@corp!mcp");
            assertThat(prod.endpoints().toString()).contains("prod.example");
        });
        assertThat(anna.cluster("lab")).isEmpty();
        assertThat(config.clusters())
                .allSatisfy(cluster -> assertThat(cluster.principal()).isEqualTo("mcp@pve!agent"));
    }

    @Test
    void all_that_is_wrong_with_principals_is_said_at_once_and_where() {
        assertThat(problems(TWO + """
                [[principal]]
                name = "anna"
                token_id = "anna@corp!mcp"
                token_secret = "x"
                [[principal]]
                clusters.prd.token_id = "anna@corp!mcp"
                clusters.prd.token_secret = "x"
                [[principal]]
                name = "ben"
                clusters.lab.token_id = "ben"
                clusters.lab.token_secret = "x"
                [[principal]]
                name = "ben"
                [[principal]]
                name = "cleo"
                clusters.lab.token_id = "cleo@pve!mcp"
                """))
                .anyMatch(line -> line.contains("principal[1]: there are several clusters"))
                .anyMatch(line -> line.contains("principal[2] has no 'name'"))
                .anyMatch(line -> line.contains("there is no cluster 'prd'") && line.contains("'prod'"))
                .anyMatch(line -> line.contains("pve-mcp.toml:18: 'ben' is no token id"))
                .anyMatch(line -> line.contains("principal[4] has no credentials"))
                .anyMatch(line -> line.contains("principal[4]: 'ben' has a table already"))
                .anyMatch(line -> line.contains("principal[5]: token_id and token_secret of clusters.lab go together"));
        assertThat(problems("[[principal]]\nnme = \"anna\"\n"))
                .anyMatch(line -> line.contains("no key 'principal[1].nme'") && line.contains("principal.name"));
        assertThat(problems("principal.name = \"anna\"\n")).anyMatch(line -> line.contains("no key 'principal.name'"));
    }

    @Test
    void tokens_of_an_issuer_are_for_the_resource_unless_said_otherwise() throws IOException {
        var oauth = load("""
                [http.oauth]
                issuer = "https://login.example/realms/home"
                resource = "https://mcp.example/mcp"
                """).oauth().getFirst();

        assertThat(oauth.audiences()).containsExactly("https://mcp.example/mcp");
        assertThat(oauth.tier(List.of("openid", "pve:change", "pve:read"))).contains(Tier.CHANGE);
        assertThat(oauth.tier(List.of("openid", "PVE:READ"))).isEmpty();
        assertThat(oauth.upTo(Tier.OPERATE)).containsExactly("pve:read", "pve:operate");
        assertThat(load("").oauth()).isEmpty();
    }

    @Test
    void scopes_may_have_other_names() throws IOException {
        var oauth = load("""
                [http.oauth]
                issuer = "http://localhost:8080/realms/home"
                resource = "https://mcp.example/mcp"
                scopes = ["Pve.Read=read", "https://x.example/?a=b=destroy"]
                """).oauth().getFirst();

        assertThat(oauth.tier(List.of("https://x.example/?a=b"))).contains(Tier.DESTROY);
        assertThat(oauth.tier(List.of("pve:read"))).isEmpty();
        // None of them leads to exactly this tier.
        assertThat(oauth.upTo(Tier.OPERATE)).isEmpty();
    }

    @Test
    void a_further_issuer_has_what_its_table_says_and_the_rest_of_the_others() throws IOException {
        var issuers = load("""
                [http.oauth]
                issuer = "https://login.example/realms/home"
                resource = "https://mcp.example/mcp"
                principal_claim = "oid"
                within_claim = "pve_within"
                keys_url = "https://login.example/keys"
                [[http.oauth.issuers]]
                name = "work"
                issuer = "https://login.work.example"
                audience = ["client-7"]
                principal_claim = "sub"
                """).oauth();

        assertThat(issuers).extracting(OAuthSettings::prefix).containsExactly("oauth:", "oauth/work:");
        var work = issuers.getLast();
        assertThat(work.audiences()).containsExactly("client-7");
        assertThat(work.principalClaim()).isEqualTo("sub");
        assertThat(work.withinClaim()).contains("pve_within");
        // The keys of one are never those of another.
        assertThat(work.keys()).isEmpty();
    }

    @Test
    void issuers_that_cannot_be_told_apart_are_no_configuration() {
        var one = "[[http.oauth.issuers]]\nname = \"%s\"\nissuer = \"https://%s.example\"\n";
        var head = "[http.oauth]\nresource = \"https://m.example\"\n";
        assertThat(problems(head + one.formatted("a", "x") + one.formatted("a", "y")))
                .anyMatch(line -> line.contains("two issuers are called 'a'"));
        assertThat(problems(head + one.formatted("a", "x") + one.formatted("b", "x")))
                .anyMatch(line -> line.contains("'https://x.example' is there twice"));
        assertThat(problems(head + one.formatted("a:b", "x")))
                .anyMatch(line -> line.contains("pve-mcp.toml:4: http.oauth.issuers[1] needs a 'name'"));
        assertThat(problems(head + "[[http.oauth.issuers]]\nname = \"a\"\n"))
                .anyMatch(line -> line.contains("http.oauth.issuers[1] has no 'issuer'"));
        assertThat(problems(one.formatted("a", "x"))).anyMatch(line -> line.contains("http.oauth.resource is missing"));
    }

    @Test
    void what_would_let_strangers_in_is_no_configuration() {
        assertThat(problems("[http.oauth]\nscopes = [\"a=read\"]\n"))
                .anyMatch(line -> line.contains("http.oauth.issuer is missing"));
        assertThat(problems("[http.oauth]\nissuer = \"https://login.example\"\n"))
                .anyMatch(line -> line.contains("http.oauth.resource is missing"));
        for (var url : List.of("http://login.example", "https://u:p@login.example", "https://x.example/?a", "login")) {
            assertThat(problems("[http.oauth]\nissuer = \"%s\"\nresource = \"https://m.example\"\n".formatted(url)))
                    .anyMatch(line -> line.contains("is no https URL"));
        }
        assertThat(problems("""
                [http.oauth]
                issuer = "https://login.example"
                resource = "https://m.example"
                scopes = ["pve:read", "x=reed", "a b=read"]
                ca_file = "missing.pem"
                """))
                .anyMatch(line -> line.contains("'pve:read' gives no scope a tier"))
                .anyMatch(line -> line.contains("did you mean 'read'?"))
                .anyMatch(line -> line.contains("'a b=read' gives no scope a tier"))
                .anyMatch(line -> line.contains("missing.pem"));
    }
}
