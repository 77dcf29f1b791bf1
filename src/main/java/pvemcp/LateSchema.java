package pvemcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Supplier;
import pvemcp.config.Surroundings;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;

/// The schema of the cluster behind a wire, got when it is first asked for: the cluster's own, kept on disk per build
/// of PVE; where the cluster does not serve it (a proxy in front often hides it), the built-in one of the nearest
/// version.
///
/// A cluster that cannot be reached gets the newest built-in one and is asked again next time. Thread-safe.
final class LateSchema implements Supplier<ApiSchema> {
    private static final String PAGE = "/pve-docs/api-viewer/apidoc.js";

    private final LateWire wire;
    private final Path cache;
    private Optional<ApiSchema> known = Optional.empty(); // guarded by this

    LateSchema(LateWire wire, Surroundings surroundings) {
        this.wire = wire;
        var base = surroundings.variable("XDG_CACHE_HOME");
        this.cache = (base.isEmpty() ? surroundings.home().resolve(".cache") : Path.of(base)).resolve("pve-mcp");
    }

    @Override
    public synchronized ApiSchema get() {
        if (known.isPresent()) {
            return known.get();
        }
        Json.Obj version;
        try {
            version = wire.data(Verb.GET, "/version", Json.Obj.EMPTY) instanceof Json.Obj told ? told : Json.Obj.EMPTY;
        } catch (PveException e) {
            return e.fault() instanceof PveFault.Unauthorized ? withoutLogin() : ApiSchema.builtIn("");
        }
        known = Optional.of(ofCluster(
                version.text("version").orElse(""), version.text("repoid").orElse("")));
        return known.get();
    }

    /// The version is told only to who has logged in; the page is for everybody.
    private ApiSchema withoutLogin() {
        try {
            known = Optional.of(ApiSchema.fromApidoc(wire.page(PAGE), ""));
            return known.get();
        } catch (PveException | IllegalArgumentException _) {
            return ApiSchema.builtIn("");
        }
    }

    private ApiSchema ofCluster(String version, String build) {
        var name = "apidoc-%s-%s.js".formatted(version, build);
        // Both come from the cluster: what is no plain name makes no file.
        boolean plain = name.matches("[A-Za-z0-9._+~-]{1,100}");
        try {
            var kept = plain ? read(cache.resolve(name)) : Optional.<String>empty();
            if (kept.isPresent()) {
                return ApiSchema.fromApidoc(kept.get(), version);
            }
            var page = wire.page(PAGE);
            var schema = ApiSchema.fromApidoc(page, version);
            if (plain) {
                keep(name, page);
            }
            return schema;
        } catch (PveException | IllegalArgumentException _) {
            return ApiSchema.builtIn(version);
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException | UncheckedIOException _) {
            return Optional.empty();
        }
    }

    /// As a whole or not at all: another process may be reading. Where it cannot be kept, it is fetched again next
    /// time.
    private void keep(String name, String page) {
        try {
            Files.createDirectories(cache);
            var half = Files.createTempFile(cache, name, ".part");
            Files.writeString(half, page);
            Files.move(half, cache.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException _) {
            // said above
        }
    }
}
