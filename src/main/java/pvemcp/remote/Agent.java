package pvemcp.remote;

import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;

/// The QEMU guest agent of one VM. PVE refuses everything about it with the same status 500; here its words become
/// faults that say whether the VM, its configuration or its inside is in the way.
public final class Agent {
    private final Guest vm;

    public Agent(Guest vm) {
        this.vm = vm;
    }

    /// The answer to a GET below `/agent`, such as `/get-osinfo`.
    public Json.Obj read(String below, Json.Obj params) {
        return send(Verb.GET, below, params);
    }

    /// The answer to any request below `/agent`; empty where PVE answers nothing.
    ///
    /// @throws PveException with [PveFault.NoWayIn] where no agent answers, [PveFault.InGuest] where it refuses
    public Json.Obj send(Verb verb, String below, Json.Obj params) {
        try {
            return vm.send(verb, "/agent" + below, params) instanceof Json.Obj answer ? answer : Json.Obj.EMPTY;
        } catch (PveException e) {
            throw explained(e, below, params);
        }
    }

    /// Asks the system to go to sleep. A system that does so does not answer: the agent's protocol has an answer to
    /// these commands for a failure only (QEMU, qga/qapi-schema.json: `success-response: false`), and PVE waits for
    /// one in vain.
    ///
    /// @throws PveException as [#send]
    public void sleep(String below) {
        try {
            vm.send(Verb.POST, "/agent" + below, Json.Obj.EMPTY);
        } catch (PveException e) {
            if (!(e.fault() instanceof PveFault.Unexpected unexpected && unanswered(unexpected.message()))) {
                throw explained(e, below, Json.Obj.EMPTY);
            }
        }
    }

    private static boolean unanswered(String message) {
        return message.contains("qga command") && message.contains("got timeout");
    }

    private PveException explained(PveException e, String below, Json.Obj params) {
        if (e.fault() instanceof PveFault.Ambiguous(var verb, var path, var why) && below.equals("/exec")) {
            // GLib names a missing program in quotation marks that pveproxy cannot put into a status line.
            var program = params.array("command")
                    .flatMap(words -> words.get(0).scalarText())
                    .orElse("");
            return new PveException(
                    new PveFault.Ambiguous(
                            verb, path, why + "; PVE breaks off like this where the guest has no program " + program),
                    e);
        }
        if (!(e.fault() instanceof PveFault.Unexpected unexpected)) {
            return e;
        }
        var message = unexpected.message();
        // PVE::QemuServer::Agent::assert_agent_available, PVE::QemuServer::Monitor
        if (message.contains("No QEMU guest agent configured")) {
            return noWay(
                    "%s has no agent configured: set agent=1, install qemu-guest-agent inside, stop and start it", e);
        }
        if (message.contains("QEMU guest agent is not running")) {
            return noWay("no agent answers in %s: it is still booting, or qemu-guest-agent does not run inside", e);
        }
        if (message.contains(" is not running")) {
            return noWay("%s is not running", e);
        }
        if (unanswered(message)) {
            return noWay("the agent of %s took the command and did not answer: the guest hangs, sleeps or is busy", e);
        }
        if (message.startsWith("Agent error: ")) {
            var words = message.substring("Agent error: ".length()).strip();
            return new PveException(new PveFault.InGuest(below.substring(1), words), e);
        }
        return e;
    }

    private PveException noWay(String why, PveException cause) {
        return new PveException(new PveFault.NoWayIn("guest agent", why.formatted(vm)), cause);
    }
}
