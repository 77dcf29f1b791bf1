package pvemcp.sim.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.SecondFactor;
import pvemcp.sim.world.User;

/// `/access/ticket`, `/access/password`, `/access/permissions` (PVE::API2::AccessControl)
final class LoginApi {
    /// The paths whose rights are told also where the ACL says nothing of them.
    private static final String[] TOP_PATHS = {
        "/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"
    };

    /// Which privileges a web interface wants to know of per part of the cluster.
    private static final Map<String, Pattern> PARTS = new TreeMap<>(Map.of(
            "vms", Pattern.compile("VM\\.|Permissions\\.Modify"),
            "access", Pattern.compile("(User|Group)\\.|Permissions\\.Modify"),
            "storage", Pattern.compile("Datastore\\.|Permissions\\.Modify"),
            "nodes", Pattern.compile("Sys\\.|Permissions\\.Modify"),
            "sdn", Pattern.compile("SDN\\.|Permissions\\.Modify"),
            "dc", Pattern.compile("Sys\\.Audit|Sys\\.Modify|SDN\\."),
            "mapping", Pattern.compile("Mapping\\.|Permissions\\.Modify")));

    private LoginApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/access/ticket", _ -> Json.Null.NULL)
                .on(Verb.POST, "/access/ticket", LoginApi::logIn)
                .on(Verb.POST, "/access/vncticket", LoginApi::verifyConsoleTicket)
                .on(Verb.PUT, "/access/password", LoginApi::changePassword)
                .on(Verb.GET, "/access/permissions", LoginApi::permissions);
    }

    private static SimError failed() {
        return new SimError(401, "authentication failure", Map.of());
    }

    private static Json logIn(Request request) {
        var access = request.cluster().access;
        var now = request.cluster().now();
        var name = request.text("username");
        var id = request.find("realm").map(realm -> name + "@" + realm).orElse(name);
        if (!access.mayLogIn(id, now)) {
            throw failed();
        }
        var user = access.users.get(id);
        var password = request.text("password");
        var challenge = request.find("tfa-challenge");
        if (challenge.isPresent()) {
            if (access.tickets().challengeOf(challenge.get(), id, now).isEmpty()) {
                throw failed();
            }
            redeem(request, user, password);
            return ticket(request, id);
        }
        boolean renewal =
                access.tickets().user(password, now).filter(id::equals).isPresent();
        if (!renewal && (user.password.isEmpty() || !user.password.equals(password))) {
            throw failed();
        }
        var factors =
                user.factors.values().stream().filter(SecondFactor::enabled).toList();
        if (renewal || factors.isEmpty()) {
            return ticket(request, id);
        }
        var asked = new LinkedHashMap<String, Object>();
        factors.forEach(factor -> asked.put(factor.type(), true));
        return Json.obj(
                "username",
                id,
                "ticket",
                access.tickets().challenge(id, Json.of(asked).write(), now),
                "NeedTFA",
                1,
                "CSRFPreventionToken",
                access.tickets().csrf(id, now),
                "cap",
                Json.Obj.EMPTY);
    }

    /// Checks `totp:123456` or `recovery:…` against the user's factors; a recovery key is gone then.
    private static void redeem(Request request, User user, String response) {
        int colon = response.indexOf(':');
        var type = colon < 0 ? "" : response.substring(0, colon);
        var code = response.substring(colon + 1);
        for (var factor : user.factors.values()) {
            if (!factor.enabled() || !factor.type().equals(type)) {
                continue;
            }
            if (factor.isCode(code, request.cluster().now())) {
                return;
            }
            if (type.equals("recovery") && (" " + factor.secret() + " ").contains(" " + code + " ")) {
                var left = (" " + factor.secret() + " ")
                        .replace(" " + code + " ", " ")
                        .strip();
                user.factors.put(
                        factor.id(),
                        new SecondFactor(factor.id(), type, factor.description(), left, true, factor.created()));
                return;
            }
        }
        throw failed();
    }

    private static Json ticket(Request request, String id) {
        var access = request.cluster().access;
        var now = request.cluster().now();
        return Rows.of(
                        "username", id,
                        "ticket", access.tickets().login(id, now),
                        "CSRFPreventionToken", access.tickets().csrf(id, now),
                        "cap", capabilities(access, access.rights(id)))
                .putText("clustername", request.cluster().name)
                .json();
    }

    /// PVE::RPCEnvironment::compute_api_permission
    private static Json capabilities(Access access, Access.Rights rights) {
        var parts = new TreeMap<String, Map<String, Integer>>();
        PARTS.keySet().forEach(part -> parts.put(part, new TreeMap<>()));
        for (var path : paths(access)) {
            var privileges = rights.privileges(path).keySet();
            PARTS.forEach((part, wanted) -> {
                if (path.equals("/") || path.equals("/" + part) || path.startsWith("/" + part + "/")) {
                    privileges.stream()
                            .filter(privilege -> wanted.matcher(privilege).lookingAt())
                            .forEach(privilege -> parts.get(part).put(privilege, 1));
                }
            });
        }
        return Json.of(parts);
    }

    private static Iterable<String> paths(Access access) {
        var paths = new TreeSet<String>();
        paths.addAll(List.of(TOP_PATHS));
        access.acl().forEach(line -> paths.add(line.path()));
        return paths;
    }

    private static Json permissions(Request request) {
        var access = request.cluster().access;
        var id = request.text("userid", request.authId());
        boolean own = id.equals(request.authId()) || id.startsWith(request.authId() + "!");
        if (!own) {
            request.require("/access", "Sys.Audit");
        }
        var rights = access.rights(id);
        var answer = new TreeMap<String, Object>();
        var wanted = request.find("path").<Iterable<String>>map(List::of).orElseGet(() -> paths(access));
        for (var path : wanted) {
            var held = new TreeMap<String, Integer>();
            rights.privileges(path).forEach((privilege, propagate) -> held.put(privilege, propagate ? 1 : 0));
            if (!held.isEmpty()) {
                answer.put(path, held);
            }
        }
        return Json.of(answer);
    }

    private static Json changePassword(Request request) {
        var access = request.cluster().access;
        var user = UsersApi.user(request, request.text("userid"));
        var caller = access.users.get(request.authId());
        if (!request.authId().equals(Access.ROOT)
                && !request.text("confirmation-password", "").equals(caller.password)) {
            throw failed();
        }
        if (user.id().equals(Access.ROOT) && !request.authId().equals(Access.ROOT)) {
            throw new SimError(403, "Permission check failed", Map.of());
        }
        user.password = request.text("password");
        return Json.Null.NULL;
    }

    /// No console of ours hands out tickets, so none is ever right.
    private static Json verifyConsoleTicket(Request request) {
        throw failed();
    }
}
