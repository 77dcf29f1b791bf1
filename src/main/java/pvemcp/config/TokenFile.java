package pvemcp.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import pvemcp.gate.Policy;
import pvemcp.gate.Reach;
import pvemcp.pve.Secret;
import pvemcp.text.Nearest;
import pvemcp.text.Reason;
import pvemcp.tool.Tier;

/// Who may use a server over HTTP: a line each with a name, the hash of their token, the highest tier, and where they
/// may change something.
///
///     anna  sha256:9f86…  operate  pool=dev,tag=web
///
/// A token is 256 random bits, so its hash needs neither salt nor patience: there is nothing to guess.
public final class TokenFile {
    private static final String PREFIX = "pve-mcp_";
    private static final String HASH = "sha256:";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._@-]{0,63}";
    private static final List<String> SELECTORS = List.of("pool", "tag", "guest", "node");

    /// @param hash of the token, as the file has it
    public record Entry(String hash, Reach reach) {
        String line() {
            return line(hash + "  ");
        }

        /// The line without the hash, for people.
        public String shown() {
            return line("");
        }

        private String line(String hash) {
            var within = new ArrayList<String>();
            reach.within().pools().forEach(pool -> within.add("pool=" + pool));
            reach.within().tags().forEach(tag -> within.add("tag=" + tag));
            reach.within().vmids().forEach(guest -> within.add("guest=" + guest));
            reach.within().nodes().forEach(node -> within.add("node=" + node));
            var tier = reach.most().word();
            return (reach.principal() + "  " + hash + tier + "  " + String.join(",", within)).stripTrailing();
        }
    }

    private final Path path;

    public TokenFile(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    /// All of it; none where there is no file.
    ///
    /// @throws ConfigException with every line that cannot be used
    public List<Entry> read() {
        if (!Files.exists(path)) {
            return List.of();
        }
        var problems = new ArrayList<String>();
        SecretFile.whyNotOurs(path).ifPresent(problems::add);
        var entries = new ArrayList<Entry>();
        int number = 0;
        for (var line : lines()) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                try {
                    var entry = parse(line.strip());
                    if (named(entries, entry.reach().principal()).isPresent()) {
                        throw new IllegalArgumentException("'%s' stands there twice"
                                .formatted(entry.reach().principal()));
                    }
                    entries.add(entry);
                } catch (IllegalArgumentException e) {
                    problems.add("%s:%d: %s".formatted(path, number, e.getMessage()));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return entries;
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigException(List.of("'%s' cannot be read (%s)".formatted(path, Reason.alone(e))));
        }
    }

    private static Entry parse(String line) {
        var words = line.split("\\s+", 4);
        if (words.length < 3) {
            throw new IllegalArgumentException("a line has a name, a hash and a tier");
        }
        if (!words[1].matches(HASH + "[0-9a-f]{64}")) {
            throw new IllegalArgumentException("'%s' has no hash: 'pve-mcp token add' makes one".formatted(words[0]));
        }
        var within = words.length == 4 ? List.of(words[3].split("[,\\s]+", -1)) : List.<String>of();
        return new Entry(words[1], reach(words[0], words[2], within));
    }

    /// @param within as `pool=dev`; several add up
    /// @throws IllegalArgumentException where one of them makes no sense
    public static Reach reach(String name, String tier, List<String> within) {
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    "'%s' is no name: letters, digits and . _ @ - make one, 64 at most".formatted(name));
        }
        return new Reach(name, tier(tier), within(within));
    }

    static Tier tier(String text) {
        var names = new ArrayList<String>();
        for (var tier : Tier.values()) {
            var name = tier.word();
            if (name.equals(text)) {
                return tier;
            }
            names.add(name);
        }
        throw new IllegalArgumentException("'%s' is no tier%s: it is one of %s"
                .formatted(text, Nearest.hint(text, names), String.join(", ", names)));
    }

    /// @param within as `pool=dev`; several add up, none is everything
    /// @throws IllegalArgumentException where one of them makes no sense
    public static Policy.Protection within(List<String> within) {
        var pools = new ArrayList<String>();
        var tags = new ArrayList<String>();
        var guests = new ArrayList<String>();
        var nodes = new ArrayList<String>();
        for (var part : within) {
            var equals = part.indexOf('=');
            var value = part.substring(equals + 1);
            if (equals < 0 || value.isEmpty()) {
                throw new IllegalArgumentException(
                        "'%s' is no selection: write pool=dev, tag=web, guest=100-199 or node=pve1".formatted(part));
            }
            switch (part.substring(0, equals)) {
                case "pool" -> pools.add(value);
                case "tag" -> tags.add(value);
                case "node" -> nodes.add(value);
                case "guest" -> {
                    if (!value.matches("([^:]+:)?[0-9]{1,9}(-[0-9]{1,9})?")) {
                        throw new IllegalArgumentException(
                                "'%s' is no guest id: write an id such as 100 or a range such as 100-199"
                                        .formatted(value));
                    }
                    guests.add(value);
                }
                default ->
                    throw new IllegalArgumentException("'%s' selects nothing%s: there are %s"
                            .formatted(
                                    part,
                                    Nearest.hint(part.substring(0, equals), SELECTORS),
                                    String.join(", ", SELECTORS)));
            }
        }
        return new Policy.Protection(tags, pools, guests, nodes);
    }

    private static Optional<Entry> named(List<Entry> entries, String name) {
        return entries.stream()
                .filter(entry -> entry.reach().principal().equals(name))
                .findFirst();
    }

    /// Makes a token and adds its hash. The token itself is kept nowhere.
    ///
    /// @throws IllegalArgumentException where the name is taken
    public Secret add(Reach reach) throws IOException {
        var entries = new ArrayList<>(read());
        if (named(entries, reach.principal()).isPresent()) {
            throw new IllegalArgumentException(
                    "'%s' has a token: remove it first, or take another name".formatted(reach.principal()));
        }
        var bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        var token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        entries.add(new Entry(hash(token), reach));
        write(entries);
        return new Secret(token);
    }

    /// Ends somebody's token; false where they have none.
    public boolean remove(String name) throws IOException {
        var entries = new ArrayList<>(read());
        boolean removed = entries.removeIf(entry -> entry.reach().principal().equals(name));
        if (removed) {
            write(entries);
        }
        return removed;
    }

    /// As a whole or not at all: a server may be reading.
    private void write(List<Entry> entries) throws IOException {
        var text = new StringBuilder(
                "# name  hash of the token  highest tier  what may be changed (nothing: everything)\n");
        entries.forEach(entry -> text.append(entry.line()).append('\n'));
        PrivateFile.write(path, text.toString());
    }

    /// Whose token this is. Every hash is compared, and each in the same time whatever it is.
    public static Optional<Reach> whose(String token, List<Entry> entries) {
        var hash = hash(token).getBytes(StandardCharsets.US_ASCII);
        Optional<Reach> found = Optional.empty();
        for (var entry : entries) {
            if (MessageDigest.isEqual(hash, entry.hash().getBytes(StandardCharsets.US_ASCII))) {
                found = Optional.of(entry.reach());
            }
        }
        return found;
    }

    private static String hash(String token) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HASH + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
