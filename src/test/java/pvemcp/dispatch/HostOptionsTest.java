package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;

/// Whoever may set these options of a guest has the host, or a part of it: refused by every way to set one, whatever
/// the policy allows.
class HostOptionsTest {
    private static final List<String> OF_VMS = List.of(
            "args=-device x",
            "args=-chardev socket,id=x,path=/run/x",
            "hookscript=local:snippets/x.sh",
            "cicustom=user=local:snippets/x.yml",
            "hostpci0=0000:01:00.0",
            "hostpci15=01:00.0;02:00.0",
            "hostpci0=host=01:00.0,pcie=1",
            "hostpci0=mapping=gpu,romfile=x.rom",
            "hostpci0=0000:01:00.0,mapping=gpu",
            "usb0=host=1-1.2",
            "usb4=1234:5678",
            "usb0=mapping=stick,host=1-1",
            "serial0=/dev/ttyS0",
            "parallel0=/dev/parport0",
            "scsi9=/dev/sda",
            "scsi9=file=/dev/sda,size=1G",
            "scsi9=volume=/dev/disk/by-id/x",
            "ide3=/etc/shadow,media=cdrom",
            "sata5=/dev/zvol/rpool/x",
            "virtio9=/dev/mapper/x",
            "efidisk0=/dev/sda",
            "tpmstate0=/dev/sda",
            "unused0=/dev/sda",
            "cdrom=/dev/sr0",
            "scsi9=local-lvm:0,import-from=/etc/shadow",
            "virtio9=local-lvm:0,import-from=/dev/sda,format=raw");

    private static final List<String> OF_CONTAINERS = List.of(
            "mp0=/,mp=/host",
            "mp0=/etc/pve,mp=/x,ro=1",
            "mp255=volume=/dev/sda,mp=/x",
            "rootfs=/dev/sda",
            "unused0=/dev/sda",
            "dev0=/dev/mem",
            "dev0=path=/dev/kvm,uid=0",
            "hookscript=local:snippets/x.sh",
            "lxc[0]=lxc.apparmor.profile: unconfined",
            "lxc.mount.entry=/ host none bind 0 0");

    private static Lab lab;

    @BeforeAll
    static void an_owner_who_allows_everything() {
        lab = Lab.of(Scenes.small());
    }

    @AfterAll
    static void end() {
        lab.close();
    }

    @Test
    void none_is_set_by_any_way() {
        var passed = new TreeMap<String, String>();
        int cases = 0;
        for (var option : OF_VMS) {
            for (var way : List.of(
                    "put /nodes/pve1/qemu/101/config",
                    "post /nodes/pve1/qemu/101/config",
                    "post /nodes/pve1/qemu",
                    "post /nodes/pve1/qemu archive=local:backup/vzdump-qemu-100-2026_11_20-02_00_00.vma.zst")) {
                cases += tried(way, option, passed);
            }
        }
        for (var option : OF_CONTAINERS) {
            for (var way : List.of("put /nodes/pve1/lxc/102/config", "post /nodes/pve1/lxc")) {
                cases += tried(way, option, passed);
            }
        }
        assertThat(passed).isEmpty();
        assertThat(cases).isEqualTo(124);
    }

    private static int tried(String way, String option, Map<String, String> passed) {
        var words = way.split(" ", -1);
        var params = with(Json.Obj.EMPTY, option);
        params = words[1].endsWith("/config") ? params : params.with("vmid", 900);
        params = words.length > 2 ? with(params, words[2]) : params;
        var verdict = lab.judge("pve_api_write", "method", words[0], "path", words[1], "params", params)
                .verdict();
        if (!(verdict instanceof Verdict.Deny) || !verdict.rule().equals("policy.host_options")) {
            passed.put(way + " " + option, verdict.toString());
        }
        return 1;
    }

    private static Json.Obj with(Json.Obj params, String option) {
        int equals = option.indexOf('=');
        return params.with(option.substring(0, equals), option.substring(equals + 1));
    }
}
