package pvemcp.config;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import pvemcp.pve.Secret;

/// Gets a secret from a command, such as `pass show pve/mcp`. The command comes from the owner's own configuration
/// and is given to the shell as it stands there; what it says on standard error goes to ours, so that it can explain
/// itself.
final class SecretCommand {
    private static final long SECONDS = 30;

    private SecretCommand() {}

    static Secret run(String line, String origin) {
        try {
            var process = new ProcessBuilder(List.of("/bin/sh", "-c", line))
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw refused(origin, line, "did not end within " + SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw refused(origin, line, "ended with exit status " + process.exitValue());
            }
            var output = new String(process.getInputStream().readNBytes(64 * 1024), StandardCharsets.UTF_8);
            return output.lines()
                    .findFirst()
                    .filter(secret -> !secret.isBlank())
                    .map(secret -> new Secret(secret.strip()))
                    .orElseThrow(() -> refused(origin, line, "printed nothing"));
        } catch (IOException e) {
            throw refused(origin, line, "could not be started (%s)".formatted(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw refused(origin, line, "was interrupted");
        }
    }

    private static ConfigException refused(String origin, String line, String what) {
        return new ConfigException(List.of("%s: the command '%s' %s".formatted(origin, line, what)));
    }
}
