package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import pvemcp.pve.BackupServer;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Transport;
import pvemcp.remote.Shells;
import pvemcp.tool.Call;
import pvemcp.tool.ToolContext;

/// There is one way from a call to a cluster, and the gate stands on it.
class ChokePointTest {
    @Test
    void who_sends_is_the_client_or_the_road() {
        assertThat(others(
                        Set.of("pve", "dispatch", "query", "cli", "trace", ""),
                        call -> call.getTargetOwner().isAssignableTo(Transport.class)
                                && Set.of("send", "data", "upload", "download", "tunnel")
                                        .contains(call.getName())))
                .as("a tool speaks by handles over the wire its context has; what sends by itself is not judged. The"
                        + " inventory reads, over that same wire; the doctor has a wire of its own, which only reads; a trace passes on what"
                        + " is sent")
                .isEmpty();
    }

    @Test
    void the_way_to_a_cluster_is_made_where_the_pieces_meet() {
        assertThat(others(Set.of("", "cli", "pve"), call -> isNew(call, HttpTransport.class)))
                .as("only Assembly, and the doctor that tells what is wrong with a connection, make one")
                .isEmpty();
    }

    @Test
    void a_backup_server_is_only_read() {
        var sent = new TreeSet<String>();
        Compiled.CLASSES.get(BackupServer.class).getCodeUnitCallsFromSelf().stream()
                .filter(call -> call.getTargetOwner().isAssignableTo(Transport.class))
                .forEach(call -> sent.add(call.getOrigin().getName() + " calls " + call.getName()));
        assertThat(sent).containsExactly("get calls data");
        assertThat(others(Set.of("", "cli", "pve", "dispatch"), call -> isNew(call, BackupServer.class)))
                .as("a tool has its context's, which is watched")
                .isEmpty();
    }

    @Test
    void the_way_into_guests_is_made_where_the_pieces_meet() {
        assertThat(others(Set.of("", "remote", "dispatch"), call -> isNew(call, Shells.class)))
                .as("a tool has its context's, which is watched")
                .isEmpty();
    }

    @Test
    void what_a_call_may_use_is_handed_out_by_the_road_alone() {
        assertThat(others(
                        Set.of("dispatch"),
                        call -> call.getName().equals("<init>")
                                && call.getTargetOwner().isAssignableTo(ToolContext.class)))
                .as("whoever makes a context decides what its calls may send")
                .isEmpty();
    }

    @Test
    void the_protocol_and_the_terminal_know_the_road_and_no_other_way() {
        assertThat(others(
                        Set.of("dispatch", "tools", "tool"),
                        call -> call.getName().equals("run")
                                && call.getTargetOwner().isAssignableTo(Call.class)))
                .as("a call is run by the road; a tool may run another within its own context")
                .isEmpty();
    }

    private static boolean isNew(JavaAccess<?> call, Class<?> type) {
        return call.getName().equals("<init>") && call.getTargetOwner().isEquivalentTo(type);
    }

    /// Calls of that kind from any other layer than these; an empty layer is that of Main.
    private static Set<String> others(Set<String> layers, Predicate<JavaAccess<?>> kind) {
        var wrong = new TreeSet<String>();
        for (var type : Compiled.CLASSES) {
            if (!layers.contains(Compiled.layer(type))) {
                type.getAccessesFromSelf().stream().filter(kind).forEach(call -> wrong.add(call.getDescription()));
            }
        }
        return wrong;
    }
}
