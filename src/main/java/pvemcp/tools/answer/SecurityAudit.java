package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.text.Word;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;

/// Rights that are wider than they need be, and guests nobody guards.
record SecurityAudit() implements Survey {
    private static final Set<String> BROAD = Set.of("Administrator", "PVEAdmin");

    private enum Severity {
        HIGH,
        MEDIUM,
        LOW
    }

    private record Finding(Severity severity, String who, String what) {
        List<String> cells() {
            return row(Word.of(severity), who, what);
        }
    }

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var findings = new ArrayList<Finding>();
        broadGrants(probe, findings);
        carelessTokens(probe, findings);
        boolean firewallOff = probe.look("firewall", () -> ctx.pve().fields("/cluster/firewall/options"))
                .filter(options -> !options.flag("enable"))
                .isPresent();
        if (firewallOff) {
            findings.add(
                    new Finding(Severity.HIGH, "cluster firewall", "is off: no rule of any node or guest has effect"));
        }
        openInterfaces(probe, findings);
        findings.sort(Comparator.comparing(Finding::severity));
        long high = findings.stream()
                .filter(finding -> finding.severity() == Severity.HIGH)
                .count();
        return Report.that(conclusion(findings, high))
                .table("findings", "severity|who|what", findings, Finding::cells)
                .nextIf(
                        high > 0,
                        "narrow a right: pve_api_write PUT /access/acl; a token: PUT /access/users/{userid}/token/{tokenid} with privsep=1 and expire")
                .nextIf(
                        firewallOff,
                        "before the firewall is enabled there must be a rule that lets you in (port 8006, 22)")
                .with(probe);
    }

    private static void broadGrants(Probe probe, List<Finding> findings) {
        for (var grant : probe.list("access rights", "/access/acl")) {
            var role = grant.text("roleid");
            if (grant.text("path").equals("/") && BROAD.contains(role) && grant.flag("propagate")) {
                findings.add(new Finding(
                        Severity.HIGH,
                        grant.text("type") + " " + grant.text("ugid"),
                        "has %s on everything".formatted(role)));
            }
        }
    }

    private static void carelessTokens(Probe probe, List<Finding> findings) {
        for (var user : probe.list("users", "/access/users", Json.obj("full", 1))) {
            if (!(user.raw("tokens") instanceof Json.Arr tokens)) {
                continue;
            }
            for (var token : Fields.list(tokens)) {
                var who = "token %s!%s".formatted(user.text("userid"), token.text("tokenid"));
                if (!token.flag("privsep")) {
                    findings.add(new Finding(Severity.HIGH, who, "may all its user may (privsep off)"));
                }
                if (token.whole("expire").orElse(0L) == 0) {
                    findings.add(new Finding(Severity.MEDIUM, who, "never expires"));
                }
            }
        }
    }

    private static void openInterfaces(Probe probe, List<Finding> findings) {
        var open = probe.rows("""
                SELECT DISTINCT n.vmid, g.name FROM nics n JOIN guests g ON g.vmid = n.vmid
                WHERE NOT n.firewall AND NOT g.template ORDER BY n.vmid""");
        for (var cells : open) {
            var guest = "guest %s %s"
                    .formatted(cells.get(0).orElse(""), cells.get(1).orElse(""));
            findings.add(new Finding(Severity.LOW, guest, "has an interface without firewall"));
        }
    }

    private static String conclusion(List<Finding> findings, long high) {
        if (findings.isEmpty()) {
            return "no over-broad right, no careless token, no guest without firewall was seen";
        }
        var first = findings.getFirst();
        return "%d findings, %d of them high; first: %s %s".formatted(findings.size(), high, first.who(), first.what());
    }
}
