package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiPathTest {
    @Test
    void ids_are_encoded_where_they_stand() {
        assertThat(ApiPath.of("/access/users/{userid}/token/{tokenid}", "mcp@pve", "a b".replace(" ", "-")))
                .isEqualTo("/access/users/mcp%40pve/token/a-b");
        assertThat(ApiPath.of("/nodes/{node}/qemu/{vmid}/config", "pve1", 101))
                .isEqualTo("/nodes/pve1/qemu/101/config");
        assertThat(ApiPath.of("/a/{x}", "é;=&+?#")).isEqualTo("/a/%C3%A9%3B%3D%26%2B%3F%23");
    }

    @Test
    void only_volumes_and_cidrs_have_slashes() {
        assertThat(ApiPath.of("/content/{volume}", "local:iso/debian.iso"))
                .isEqualTo("/content/local%3Aiso%2Fdebian.iso");
        assertThat(ApiPath.of("/ipset/{cidr}", "10.0.0.0/8")).isEqualTo("/ipset/10.0.0.0%2F8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a/b", "../x", "a/..", "/", "a b", "a\nb", "a\u0000", "a\u00a0\u2003b", "\u007f"})
    void an_id_that_could_become_another_path_is_refused(String id) {
        assertThatThrownBy(() -> ApiPath.of("/nodes/{node}/status", id))
                .isInstanceOfSatisfying(
                        PveException.class, e -> assertThat(e.fault()).isInstanceOf(PveFault.Invalid.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/../b", "a//b", "/a", "a/", "a/.", "a b/c"})
    void a_volume_does_not_climb(String volume) {
        assertThatThrownBy(() -> ApiPath.of("/content/{volume}", volume)).isInstanceOf(PveException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nodes",
                "/nodes/../access",
                "/nodes/%2e%2e/access",
                "/nodes/%2E./access",
                "/nodes/a%2f..%2fb",
                "/nodes//status",
                "/nodes/a%2f%2fb",
                "/nodes/a?x=1",
                "/nodes/a#b",
                "/nodes/a b",
                "/nodes/a%20b",
                "/nodes/a%00",
                "/nodes/a%0d%0aHost:x",
                "/nodes/é",
                "/nodes/%zz",
                "/nodes/%2",
                "/nodes/%",
                "/nodes/a\\b"
            })
    void a_whole_path_that_is_not_what_it_seems_is_refused(String path) {
        assertThatThrownBy(() -> ApiPath.check(path)).isInstanceOf(PveException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/version",
                "/nodes/pve1/storage/local/content/local%3Aiso%2Fa.iso",
                "/access/users/root@pam",
                "/a/%252e%252e/b",
                "/access/users/b%C3%A4r@pve"
            })
    void an_honest_path_passes(String path) {
        ApiPath.check(path);
    }
}
