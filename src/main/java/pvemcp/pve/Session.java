package pvemcp.pve;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import pvemcp.json.Json;

/// As whom requests are made. A token is sent as it is; with a password a ticket is fetched before the first
/// request and renewed after an hour, since PVE holds every 401 back for 3 s and a ticket lives for two. Safe
/// for use by several threads; one of them logs in while the others wait.
final class Session {
    private static final Duration HOPELESS = Duration.ofSeconds(30);
    private static final Duration RENEW_AFTER = Duration.ofHours(1); // PVE::APIClient::LWP does the same

    private final Connection.Credential credential;
    private final String where;
    private final Clock clock;
    private final Waiting waiting;
    private final Door door;
    private final ReentrantLock login = new ReentrantLock(); // guards the fetching of a ticket
    private volatile Optional<Pass> pass = Optional.empty();
    private volatile Optional<Refusal> refusal = Optional.empty();

    /// Sends a login and gives back the `data` of its answer.
    interface Door {
        Json.Obj login(Json.Obj params);
    }

    /// A ticket and when it was fetched.
    record Pass(Secret ticket, Optional<Secret> csrf, Duration since) {}

    private record Refusal(String why, Duration since) {}

    /// @param where the endpoints, for faults
    Session(Connection.Credential credential, String where, Clock clock, Waiting waiting, Door door) {
        this.credential = credential;
        this.where = where;
        this.clock = clock;
        this.waiting = waiting;
        this.door = door;
    }

    /// The ticket to use now, fetched or renewed where it is time; empty where a token is used.
    ///
    /// @throws PveException with [PveFault.Unauthorized] where there is nobody to go as
    Optional<Pass> pass() throws InterruptedException {
        return switch (credential) {
            case Connection.Credential.Nobody _ ->
                throw new PveException(new PveFault.Unauthorized(
                        where,
                        "this server has no credentials of its own; only callers over HTTP with a [[principal]] table"
                                + " go there, with theirs"));
            case Connection.Credential.Token _, Connection.Credential.BackupToken _ -> Optional.empty();
            case Connection.Credential.Ticket(var ticket, var csrf) ->
                Optional.of(new Pass(ticket, csrf, Duration.ZERO));
            case Connection.Credential.Password password -> Optional.of(current(password));
        };
    }

    /// The headers that say who asks.
    ///
    /// @throws PveException with [PveFault.Unauthorized] for a write with a ticket that came without a CSRF token
    Map<String, String> headers(Verb verb, Optional<Pass> pass) {
        var headers = new LinkedHashMap<String, String>();
        if (credential instanceof Connection.Credential.Token(var id, var secret)) {
            headers.put("Authorization", "PVEAPIToken=" + id + "=" + secret.reveal());
        }
        // proxmox-auth-api, extract_auth_data and http_check_auth: id and secret are parted by a colon, and the
        // secret is percent-decoded.
        if (credential instanceof Connection.Credential.BackupToken(var id, var secret)) {
            headers.put("Authorization", "PBSAPIToken=" + id + ":" + ApiPath.encode(secret.reveal()));
        }
        pass.ifPresent(held -> {
            headers.put(
                    "Cookie", "PVEAuthCookie=" + ApiPath.encode(held.ticket().reveal()));
            if (verb != Verb.GET) {
                var csrf = held.csrf()
                        .orElseThrow(() -> new PveException(new PveFault.Unauthorized(
                                where, "the ticket was given without its CSRF token, so it can only read")));
                headers.put("CSRFPreventionToken", csrf.reveal());
            }
        });
        return headers;
    }

    /// Forgets a ticket that was refused.
    ///
    /// @return whether another one can be had, so that the request is worth repeating
    boolean forget(Optional<Pass> refused) {
        if (!(credential instanceof Connection.Credential.Password) || refused.isEmpty()) {
            return false;
        }
        if (pass.equals(refused)) {
            pass = Optional.empty();
        }
        return true;
    }

    /// Remembers that PVE does not take the credential.
    void refused(String why) {
        refusal = Optional.of(new Refusal(why, waiting.elapsed()));
    }

    /// What was refused is refused again, and each refusal keeps a worker of PVE's busy for 3 s: PVE is asked with it
    /// no more than every 30 s.
    ///
    /// @throws PveException with [PveFault.Unauthorized] where that time is not over
    void requireHope() {
        var last = refusal;
        if (last.isPresent() && waiting.elapsed().minus(last.get().since()).compareTo(HOPELESS) < 0) {
            throw new PveException(new PveFault.Unauthorized(
                    where,
                    "%s (that was less than %d s ago, so it was not asked again)"
                            .formatted(last.get().why(), HOPELESS.toSeconds())));
        }
    }

    /// Everything secret about it, for keeping it out of what is told.
    List<String> secrets() {
        var secrets = new ArrayList<String>();
        switch (credential) {
            case Connection.Credential.Nobody _ -> {}
            case Connection.Credential.Token token -> secrets.add(token.secret().reveal());
            case Connection.Credential.BackupToken token ->
                secrets.add(token.secret().reveal());
            case Connection.Credential.Password held -> {
                secrets.add(held.password().reveal());
                held.totp().ifPresent(secret -> secrets.add(secret.reveal()));
            }
            case Connection.Credential.Ticket(var ticket, var csrf) -> {
                secrets.add(ticket.reveal());
                csrf.ifPresent(secret -> secrets.add(secret.reveal()));
            }
        }
        pass.ifPresent(held -> {
            secrets.add(held.ticket().reveal());
            held.csrf().ifPresent(csrf -> secrets.add(csrf.reveal()));
        });
        return secrets;
    }

    private Pass current(Connection.Credential.Password password) throws InterruptedException {
        var held = pass;
        if (held.isPresent() && isFresh(held.get())) {
            return held.get();
        }
        login.lockInterruptibly();
        try {
            held = pass;
            if (held.isPresent() && isFresh(held.get())) {
                return held.get();
            }
            var got = held.isPresent() ? renew(password, held.get()) : logIn(password);
            pass = Optional.of(got);
            return got;
        } finally {
            login.unlock();
        }
    }

    private boolean isFresh(Pass held) {
        return waiting.elapsed().minus(held.since()).compareTo(RENEW_AFTER) < 0;
    }

    /// A valid ticket is taken in place of the password (PVE::API2::AccessControl, create_ticket), and asks for
    /// no TFA.
    private Pass renew(Connection.Credential.Password password, Pass held) {
        try {
            return read(door.login(Json.obj(
                    "username", password.user(), "password", held.ticket().reveal())));
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Unauthorized) {
                return logIn(password);
            }
            throw e;
        }
    }

    private Pass logIn(Connection.Credential.Password password) {
        var answer = door.login(Json.obj(
                "username", password.user(), "password", password.password().reveal()));
        if (!answer.flag("NeedTFA").orElse(false)) {
            return read(answer);
        }
        var challenge = answer.text("ticket").orElse("");
        var totp = password.totp()
                .orElseThrow(() -> new PveException(new PveFault.Unauthorized(
                        where,
                        "%s has a second factor: give the secret of its TOTP, or better use an API token"
                                .formatted(password.user()))));
        return read(door.login(
                Json.obj("username", password.user(), "tfa-challenge", challenge, "password", "totp:" + code(totp))));
    }

    private String code(Secret totp) {
        try {
            return Totp.code(totp, clock.instant());
        } catch (IllegalArgumentException e) {
            throw new PveException(new PveFault.Unauthorized(where, e.getMessage()), e);
        }
    }

    private Pass read(Json.Obj answer) {
        var ticket = answer.text("ticket")
                .orElseThrow(() -> new PveException(new PveFault.Unauthorized(where, "the login gave no ticket")));
        return new Pass(new Secret(ticket), answer.text("CSRFPreventionToken").map(Secret::new), waiting.elapsed());
    }
}
