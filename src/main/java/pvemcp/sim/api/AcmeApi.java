package pvemcp.sim.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Acme;

/// `/cluster/acme`: accounts and challenge plugins (PVE::API2::ACMEAccount, ACMEPlugin). The authority is never
/// asked.
final class AcmeApi {
    private static final String BASE = "/cluster/acme";
    private static final String AUTHORITY = "https://acme-v02.api.letsencrypt.org/directory";
    private static final String TERMS = "https://letsencrypt.org/documents/LE-SA-v1.5-February-24-2025.pdf";
    private static final Set<String> NOT_SETTINGS = Set.of("id", "delete", "digest");
    private static final Duration ASKING = Duration.ofSeconds(3);

    private AcmeApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, BASE + "/account", AcmeApi::accounts)
                .on(Verb.POST, BASE + "/account", AcmeApi::register)
                .on(Verb.GET, BASE + "/account/{name}", AcmeApi::account)
                .on(Verb.PUT, BASE + "/account/{name}", AcmeApi::updateAccount)
                .on(Verb.DELETE, BASE + "/account/{name}", AcmeApi::deactivate)
                .on(Verb.GET, BASE + "/directories", _ -> directories())
                .on(Verb.GET, BASE + "/tos", _ -> Json.str(TERMS))
                .on(
                        Verb.GET,
                        BASE + "/meta",
                        _ -> Json.obj(
                                "termsOfService",
                                TERMS,
                                "website",
                                "https://letsencrypt.org",
                                "caaIdentities",
                                List.of("letsencrypt.org")))
                .on(Verb.GET, BASE + "/challenge-schema", _ -> providers())
                .on(Verb.GET, BASE + "/plugins", AcmeApi::plugins)
                .on(Verb.POST, BASE + "/plugins", AcmeApi::addPlugin)
                .on(Verb.GET, BASE + "/plugins/{id}", AcmeApi::plugin)
                .on(Verb.PUT, BASE + "/plugins/{id}", AcmeApi::changePlugin)
                .on(Verb.DELETE, BASE + "/plugins/{id}", request -> {
                    request.cluster().acme.plugins.remove(request.text("id"));
                    return Json.Null.NULL;
                });
    }

    private static Json directories() {
        return Json.arr(
                Json.obj("name", "Let's Encrypt V2", "url", AUTHORITY),
                Json.obj(
                        "name",
                        "Let's Encrypt V2 Staging",
                        "url",
                        "https://acme-staging-v02.api.letsencrypt.org/directory"));
    }

    private static Json providers() {
        return Json.arr(
                provider("cf", "Cloudflare Managed DNS", "CF_Token", "CF_Account_ID", "CF_Zone_ID"),
                provider("desec", "deSEC", "DEDYN_TOKEN"),
                provider("hetzner", "Hetzner DNS", "HETZNER_Token"));
    }

    private static Json provider(String id, String name, String... fields) {
        var members = new LinkedHashMap<String, Json>();
        for (var field : fields) {
            members.put(field, Json.obj("type", "string", "description", "Setting of " + name));
        }
        return Json.obj("id", id, "name", name, "type", "dns", "schema", Json.obj("fields", new Json.Obj(members)));
    }

    // ---- accounts ----

    private static Json accounts(Request request) {
        return Json.of(request.cluster().acme.accounts.keySet().stream()
                .map(name -> Json.obj("name", name))
                .toList());
    }

    private static Json.Obj requireAccount(Request request) {
        var name = request.text("name");
        return Optional.ofNullable(request.cluster().acme.accounts.get(name))
                .orElseThrow(() ->
                        SimError.invalid("name", "ACME account config file '%s' does not exist.".formatted(name)));
    }

    private static Json account(Request request) {
        var account = requireAccount(request);
        return Json.obj(
                "account",
                        Json.obj(
                                "status",
                                "valid",
                                "contact",
                                List.of("mailto:" + account.text("contact").orElse(""))),
                "directory", account.get("directory").orElseThrow(),
                "location", "https://acme-v02.api.letsencrypt.org/acme/acct/1",
                "tos", account.get("tos").orElseThrow());
    }

    private static Json register(Request request) {
        var acme = request.cluster().acme;
        var name = request.text("name", "default");
        if (acme.accounts.containsKey(name)) {
            throw SimError.invalid("name", "ACME account config file '%s' already exists.".formatted(name));
        }
        var account = Json.obj(
                "contact", request.text("contact"),
                "directory", request.text("directory", AUTHORITY),
                "tos", request.text("tos_url", ""));
        return task(request, "acmeregister", List.of(Step.say(ASKING, "Generating ACME account key.."), Step.act(_ -> {
            if (account.text("tos").orElse("").isEmpty()) {
                // The authority's own words (boulder, wfe2).
                throw new SimError("Registration failed: must agree to terms of service");
            }
            acme.accounts.put(name, account);
        })));
    }

    private static Json updateAccount(Request request) {
        var account = requireAccount(request);
        var name = request.text("name");
        var acme = request.cluster().acme;
        return task(
                request,
                "acmeupdate",
                List.of(Step.act(
                        ASKING,
                        _ -> acme.accounts.put(
                                name,
                                request.find("contact")
                                        .map(contact -> account.with("contact", contact))
                                        .orElse(account)))));
    }

    private static Json deactivate(Request request) {
        requireAccount(request);
        var name = request.text("name");
        return task(
                request,
                "acmedeactivate",
                List.of(Step.act(ASKING, _ -> request.cluster().acme.accounts.remove(name))));
    }

    private static Json task(Request request, String type, List<Step> steps) {
        return Json.str(request.tasks().start(request.localNode(), type, "", request.authId(), steps));
    }

    // ---- plugins ----

    private static Json plugins(Request request) {
        var rows = new ArrayList<Json>();
        request.cluster().acme.plugins.forEach((id, plugin) -> rows.add(shown(request, id, plugin)));
        return new Json.Arr(rows);
    }

    /// With the credentials in clear (PVE::API2::ACMEPlugin, modify_cfg_for_api).
    private static Json.Obj shown(Request request, String id, Json.Obj plugin) {
        var row = plugin.with("plugin", id).with("digest", digest(request.cluster().acme));
        var data = plugin.text("data");
        return data.isEmpty()
                ? row
                : row.with("data", new String(Base64.getDecoder().decode(data.get()), StandardCharsets.UTF_8));
    }

    private static String digest(Acme acme) {
        return Digests.of(acme.plugins.size() == 1 ? "" : acme.plugins.toString());
    }

    private static Json.Obj requirePlugin(Request request) {
        var id = request.text("id");
        return Optional.ofNullable(request.cluster().acme.plugins.get(id))
                .orElseThrow(() -> new SimError("ACME plugin '%s' not defined".formatted(id)));
    }

    private static Json plugin(Request request) {
        return shown(request, request.text("id"), requirePlugin(request));
    }

    private static Json addPlugin(Request request) {
        var plugins = request.cluster().acme.plugins;
        var id = request.text("id");
        if (plugins.containsKey(id)) {
            throw new SimError("ACME plugin ID '%s' already exists".formatted(id));
        }
        plugins.put(id, changed(request, Json.Obj.EMPTY));
        return Json.Null.NULL;
    }

    private static Json changePlugin(Request request) {
        var present = requirePlugin(request);
        Digests.assertUnchanged(request, digest(request.cluster().acme), "");
        request.cluster().acme.plugins.put(request.text("id"), changed(request, present));
        return Json.Null.NULL;
    }

    private static Json.Obj changed(Request request, Json.Obj present) {
        var members = new LinkedHashMap<>(present.members());
        request.list("delete").forEach(members::remove);
        for (Map.Entry<String, Json> argument : request.arguments().members().entrySet()) {
            if (!NOT_SETTINGS.contains(argument.getKey())) {
                members.put(argument.getKey(), argument.getValue());
            }
        }
        return new Json.Obj(members);
    }
}
