package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Realm;
import pvemcp.sim.world.SecondFactor;
import pvemcp.sim.world.User;

/// `/access/domains` and `/access/tfa` (PVE::API2::Domains, TFA). Directory services are kept, never asked.
final class RealmsApi {
    /// What a realm of a type cannot be without (the plugins' options).
    private static final Map<String, List<String>> REQUIRED = Map.of(
            "ldap", List.of("base_dn", "server1", "user_attr"),
            "ad", List.of("domain", "server1"),
            "openid", List.of("client-id", "issuer-url"));

    private static final Set<String> NOT_SETTINGS = Set.of("realm", "type", "comment", "digest", "delete");
    private static final Pattern SECRET = Pattern.compile("[?&]secret=([A-Za-z2-7=]+)");

    private RealmsApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/access/domains", RealmsApi::list)
                .on(Verb.POST, "/access/domains", RealmsApi::create)
                .on(Verb.GET, "/access/domains/{realm}", RealmsApi::read)
                .on(Verb.PUT, "/access/domains/{realm}", RealmsApi::update)
                .on(Verb.DELETE, "/access/domains/{realm}", RealmsApi::delete)
                .on(Verb.GET, "/access/users/{userid}/tfa", RealmsApi::kinds)
                .on(Verb.GET, "/access/tfa", RealmsApi::allFactors)
                .on(Verb.GET, "/access/tfa/{userid}", RealmsApi::factors)
                .on(Verb.POST, "/access/tfa/{userid}", RealmsApi::addFactor)
                .on(Verb.GET, "/access/tfa/{userid}/{id}", RealmsApi::readFactor)
                .on(Verb.PUT, "/access/tfa/{userid}/{id}", RealmsApi::updateFactor)
                .on(Verb.DELETE, "/access/tfa/{userid}/{id}", RealmsApi::deleteFactor);
    }

    private static Json list(Request request) {
        return Json.of(request.cluster().access.realms.values().stream()
                .map(realm -> Rows.of("realm", realm.id(), "type", realm.type())
                        .putText("comment", realm.comment())
                        .putIf("default", realm.settings().get("default").filter(value -> !value.equals(Json.num(0))))
                        .putIf("tfa", realm.settings().get("tfa"))
                        .json())
                .toList());
    }

    /// domains.cfg, which has no lines for the two realms that are always there.
    private static String digest(Request request) {
        return Digests.of(request.cluster().access.realms.values().stream()
                .filter(realm -> !realm.type().equals("pam") && !realm.type().equals("pve"))
                .map(Record::toString)
                .collect(Collectors.joining("\n")));
    }

    private static Json create(Request request) {
        var realms = request.cluster().access.realms;
        var id = request.text("realm");
        var type = request.text("type");
        if (realms.containsKey(id)) {
            throw new SimError("add auth server failed: domain '%s' already exists".formatted(id));
        }
        for (var option : REQUIRED.getOrDefault(type, List.of())) {
            if (!request.has(option)) {
                throw new SimError("add auth server failed: missing value for required option '%s'".formatted(option));
            }
        }
        realms.put(id, new Realm(id, type, request.text("comment", ""), settings(request, Json.Obj.EMPTY)));
        return Json.Null.NULL;
    }

    private static Json.Obj settings(Request request, Json.Obj old) {
        var settings = new LinkedHashMap<>(old.members());
        request.arguments().members().forEach((name, value) -> {
            if (!NOT_SETTINGS.contains(name)) {
                settings.put(name, value);
            }
        });
        settings.values()
                .removeIf(value -> value.scalarText().filter("0"::equals).isPresent());
        request.list("delete").forEach(settings::remove);
        return new Json.Obj(settings);
    }

    private static Realm realm(Request request, String wording) {
        var realm = request.cluster().access.realms.get(request.text("realm"));
        if (realm == null) {
            throw new SimError(wording.formatted(request.text("realm")));
        }
        return realm;
    }

    private static Json read(Request request) {
        var realm = realm(request, "domain '%s' does not exist");
        var row = Rows.of("type", realm.type(), "digest", digest(request)).putText("comment", realm.comment());
        realm.settings().members().forEach((name, value) -> {
            if (!name.equals("password")) {
                row.put(name, value);
            }
        });
        return row.putIf(realm.type().equals("pam"), "plugin", "PVE::Auth::PAM").json();
    }

    private static Json update(Request request) {
        Digests.assertUnchanged(request, digest(request), "update auth server failed: ");
        var realm = realm(request, "update auth server failed: domain '%s' does not exist");
        var comment = request.list("delete").contains("comment") ? "" : request.text("comment", realm.comment());
        request.cluster()
                .access
                .realms
                .put(realm.id(), new Realm(realm.id(), realm.type(), comment, settings(request, realm.settings())));
        return Json.Null.NULL;
    }

    /// The two that are always there can be deleted, and still are there afterwards.
    private static Json delete(Request request) {
        var realm = realm(request, "delete auth server failed: authentication domain '%s' does not exist");
        if (!realm.type().equals("pam") && !realm.type().equals("pve")) {
            request.cluster().access.realms.remove(realm.id());
        }
        return Json.Null.NULL;
    }

    private static Json allFactors(Request request) {
        return Json.of(request.cluster().access.users.values().stream()
                .filter(user -> !user.factors.isEmpty() && UsersApi.visible(request, user))
                .map(user -> Rows.of("userid", user.id(), "entries", rows(user))
                        .putIf(user.totpLocked, "totp-locked", 1)
                        .json())
                .toList());
    }

    /// What the realm demands and, if asked, which kinds of factors the user has (PVE::API2::User,
    /// read_user_tfa_type).
    private static Json kinds(Request request) {
        var user = UsersApi.user(request, request.text("userid"));
        var realm = Optional.ofNullable(request.cluster().access.realms.get(user.realm()))
                .flatMap(known -> known.settings().text("tfa"))
                .flatMap(tfa -> PropertyString.parse(tfa, "type").get("type"));
        var types = user.factors.values().stream()
                .map(SecondFactor::type)
                .distinct()
                .toList();
        return new Rows()
                .putIf("realm", realm)
                .putIf(request.flag("multiple"), "types", types)
                .json();
    }

    private static List<Json> rows(User user) {
        return user.factors.values().stream().map(RealmsApi::row).toList();
    }

    private static Json row(SecondFactor factor) {
        return Rows.of(
                        "id", factor.id(),
                        "type", factor.type(),
                        "description", factor.description(),
                        "created", factor.created())
                .putIf(!factor.enabled(), "enable", 0)
                .json();
    }

    private static Json factors(Request request) {
        return Json.of(rows(UsersApi.user(request, request.text("userid"))));
    }

    private static SecondFactor factor(Request request) {
        var factor = UsersApi.user(request, request.text("userid")).factors.get(request.text("id"));
        if (factor == null) {
            throw new SimError("no such tfa entry '%s'".formatted(request.text("id")));
        }
        return factor;
    }

    private static Json readFactor(Request request) {
        return row(factor(request));
    }

    private static Json addFactor(Request request) {
        var user = UsersApi.user(request, request.text("userid"));
        return switch (request.text("type")) {
            case "totp" -> addTotp(request, user);
            case "recovery" -> addRecovery(request, user);
            default -> throw SimError.invalid("type", "only totp and recovery are simulated");
        };
    }

    private static Json addTotp(Request request, User user) {
        var secret = SECRET.matcher(request.text("totp", ""));
        if (!secret.find()) {
            throw new SimError("missing 'totp' and 'value' parameters");
        }
        var factor = new SecondFactor(
                "totp-" + user.factors.size(),
                "totp",
                request.text("description", ""),
                secret.group(1),
                true,
                request.cluster().now().getEpochSecond());
        if (!factor.isCode(request.text("value", ""), request.cluster().now())) {
            throw new SimError("failed to verify TOTP challenge");
        }
        user.factors.put(factor.id(), factor);
        return Json.obj("id", factor.id());
    }

    private static Json addRecovery(Request request, User user) {
        if (user.factors.containsKey("recovery")) {
            throw new SimError("user already has recovery keys");
        }
        var keys = new ArrayList<String>();
        for (int i = 0; i < 10; i++) {
            long bits = request.cluster().random().nextLong();
            keys.add("%04x-%04x-%04x-%04x"
                    .formatted(bits & 0xFFFF, bits >>> 16 & 0xFFFF, bits >>> 32 & 0xFFFF, bits >>> 48));
        }
        user.factors.put(
                "recovery",
                new SecondFactor(
                        "recovery",
                        "recovery",
                        "",
                        String.join(" ", keys),
                        true,
                        request.cluster().now().getEpochSecond()));
        return Json.obj("id", "recovery", "recovery", keys);
    }

    private static Json updateFactor(Request request) {
        var old = factor(request);
        var factor = new SecondFactor(
                old.id(),
                old.type(),
                request.text("description", old.description()),
                old.secret(),
                request.arguments().flag("enable").orElse(old.enabled()),
                old.created());
        UsersApi.user(request, request.text("userid")).factors.put(factor.id(), factor);
        return Json.Null.NULL;
    }

    private static Json deleteFactor(Request request) {
        UsersApi.user(request, request.text("userid"))
                .factors
                .remove(factor(request).id());
        return Json.Null.NULL;
    }
}
