package pvemcp.tools.inside;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Secret;
import pvemcp.pve.Verb;
import pvemcp.remote.Agent;
import pvemcp.remote.AgentShell;
import pvemcp.remote.Command;
import pvemcp.remote.Shell;
import pvemcp.remote.Way;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// The new password of a user inside a guest, which the owner keeps in a file.
record GuestPassword(
        @Doc GuestRef guest,

        @Doc(value = "User in the guest", or = "root", obvious = true)
        String user,

        @Doc("secret:FILE") String password,

        @Doc(value = "How to get in", or = "auto", obvious = true)
        Way via)
        implements Call<GuestPassword.Done>, OnGuest {
    record Done(String outcome, String guest, String user) {}

    // passwd(5): what a login name may have; Windows has blanks in it as well.
    private static final Pattern USER = Pattern.compile("[\\w][\\w. $-]{0,63}", Pattern.UNICODE_CHARACTER_CLASS);

    @Override
    public Done run(ToolContext ctx) {
        if (!USER.matcher(user).matches()) {
            throw new BadArguments(List.of("argument 'user': '%s' is no user's name".formatted(Clean.name(user))));
        }
        var secret = ctx.vault().named("password", password);
        var found = ctx.pve().guest(guest);
        var way = ctx.shells().shell(ctx.pve(), found, via);
        if (way instanceof AgentShell) {
            var params = Json.obj("username", user, "password", secret.reveal());
            new Agent(found).send(Verb.POST, "/set-user-password", params);
        } else {
            enter(way, secret);
        }
        return new Done("set", Clean.oneLine(found.toString()), user);
    }

    /// On standard input, where no list of processes shows it.
    private void enter(Shell way, Secret secret) {
        var line = (user + ":" + secret.reveal() + "\n").getBytes(StandardCharsets.UTF_8);
        var output = way.run(Command.of("chpasswd").reading(line), Limits.FILES);
        if (!output.succeeded()) {
            throw new PveException(new PveFault.InGuest("chpasswd", Clean.line(output.err())));
        }
    }
}
