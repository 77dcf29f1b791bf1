package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is told of a change, and who is not.
@Timeout(300)
class ChangesTest {
    private final McpServer server = Peer.server(new Workshop(), Emits.EVERYTHING);

    private static final String LISTEN = "\"notifications\":{\"toolsListChanged\":true,\"promptsListChanged\":false,"
            + "\"resourceSubscriptions\":[\"pve://cluster\"],\"taskIds\":[]}";

    @Test
    void what_is_announced_can_be_listened_to() {
        try (var peer = new Peer(server)) {
            peer.sendModern(1, "server/discover", "");
            assertThat(peer.receive())
                    .contains("\"capabilities\":{\"tools\":{\"listChanged\":true},"
                            + "\"resources\":{\"listChanged\":true,\"subscribe\":true},"
                            + "\"prompts\":{\"listChanged\":true},\"completions\":{},\"logging\":{}}");
        }
    }

    @Test
    void a_subscription_is_acknowledged_and_brings_what_it_asked_for() {
        try (var peer = new Peer(server)) {
            peer.sendModern(7, "subscriptions/listen", LISTEN);
            assertThat(peer.receive())
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":"
                                    + "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":7},\"notifications\":"
                                    + "{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"pve://cluster\"]}}}");
            server.changes().promptsChanged();
            server.changes().resourcesChanged();
            server.changes().resourceUpdated("pve://guest/web");
            server.changes().toolsChanged();
            server.changes().resourceUpdated("pve://cluster");
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":"
                            + "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":7}}}");
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":"
                            + "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":7},\"uri\":\"pve://cluster\"}}");
        }
    }

    @Test
    void two_subscriptions_are_told_apart_and_end_apart() {
        try (var peer = new Peer(server)) {
            peer.sendModern(1, "subscriptions/listen", LISTEN).sendModern(2, "subscriptions/listen", LISTEN);
            peer.receive();
            peer.receive();
            peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}")
                    .sendModern(3, "server/discover", "");
            assertThat(peer.receiveJson().whole("id")).contains(3L);
            server.changes().toolsChanged();
            assertThat(peer.receive()).contains("\"io.modelcontextprotocol/subscriptionId\":2");
            peer.hangUp();
            assertThat(peer.receiveJson().whole("id")).contains(2L);
        }
    }

    @Test
    void a_subscription_ends_with_its_result_when_the_server_goes() {
        try (var peer = new Peer(server)) {
            peer.sendModern(1, "subscriptions/listen", LISTEN);
            peer.receive();
            peer.terminate();
            var result = peer.receiveJson().object("result").orElseThrow();
            assertThat(result.text("resultType")).contains("complete");
            assertThat(result.object("_meta").orElseThrow().whole("io.modelcontextprotocol/subscriptionId"))
                    .contains(1L);
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":"
                            + "{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":1},\"requestId\":1}}");
            server.changes().toolsChanged();
            peer.saysNothingMore();
        }
    }

    @Test
    void a_legacy_session_is_told_of_lists_and_of_what_it_subscribed_to() {
        try (var peer = new Peer(server)) {
            peer.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
                    + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{}}}");
            assertThat(peer.receive()).contains("\"listChanged\":true", "\"subscribe\":true");
            server.changes().toolsChanged();
            peer.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            for (var uri : new String[] {"pve://cluster", "pve://guest/web"}) {
                peer.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\""
                        + uri + "\"}}");
                assertThat(peer.receive()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
            }
            peer.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"resources/unsubscribe\",\"params\":"
                    + "{\"uri\":\"pve://guest/web\"}}");
            peer.receive();
            server.changes().resourceUpdated("pve://guest/web");
            server.changes().resourceUpdated("pve://cluster");
            server.changes().promptsChanged();
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":"
                            + "{\"uri\":\"pve://cluster\"}}");
            assertThat(peer.receive())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/prompts/list_changed\"}");
            peer.hangUp();
            server.changes().promptsChanged();
            peer.saysNothingMore();
        }
    }

    @Test
    void a_change_nobody_was_promised_is_a_defect() {
        var quiet = Peer.server(new Workshop(), Emits.NOTHING);
        assertThatThrownBy(() -> quiet.changes().toolsChanged()).isInstanceOf(IllegalStateException.class);
    }
}
