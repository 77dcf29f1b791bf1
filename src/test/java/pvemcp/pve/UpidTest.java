package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpidTest {
    @Test
    void it_is_read_to_the_letter() {
        var upid = Upid.parse("UPID:pve-2:0000214B:000F6268:6B011B60:qmmove:145:root@pam!test:");

        assertThat(upid.node()).isEqualTo("pve-2");
        assertThat(upid.pid()).isEqualTo(0x214B);
        assertThat(upid.pstart()).isEqualTo(0xF6268);
        assertThat(upid.started()).isEqualTo(Instant.ofEpochSecond(0x6B011B60));
        assertThat(upid.type()).isEqualTo("qmmove");
        assertThat(upid.id()).isEqualTo("145");
        assertThat(upid.user()).isEqualTo("root@pam!test");
        assertThat(upid).hasToString("UPID:pve-2:0000214B:000F6268:6B011B60:qmmove:145:root@pam!test:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // recorded
                "UPID:pve:00000DA1:000EA0CF:6B011971:bulk-start::root@pam!test:",
                "UPID:pve:00000A61:000E6501:6B010AC8:srvreload:cron:root@pam!test:",
                "UPID:pve:000013F8:000F02B1:6B011A6B:imgdel:190@extra:root@pam!test:",
                "UPID:pve:000013CB:000F0145:6B011A68:download:x.iso:root@pam!test:",
                // PVE::UPID::upid_encode: ':' in an id is encoded, pstart has nine digits after 497 days
                "UPID:pve:000013CB:1000F0145:6B011A68:imgcopy:local%3Aiso%2Fa.iso:mcp@pve!claude:",
                "UPID:pve:000013CB:000F0145:6B011A68:vzdump::first.last@ldap-corp:"
            })
    void what_pve_writes_is_read_and_given_back(String text) {
        assertThat(Upid.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "OK",
                "UPID:pve:1:2:3:x:y:z:",
                "UPID:pve:000013CB:000F0145:6B011A68:vzdump::root@pam",
                "UPID:pve:000013CB:000F0145:6B011A68:::root@pam:",
                "UPID:pve:000013CB:000F0145:6B011A68:vzdump:::",
                "UPID:../x:000013CB:000F0145:6B011A68:vzdump::root@pam:",
                "UPID:pve:000013CB:000F0145:6B011A68:vzdump:a b:root@pam:",
                "UPID:pve:000013CB:000F0145:6B011A68:vzdump::root@pam:/status"
            })
    void anything_else_is_no_task_id(String text) {
        assertThat(Upid.tryParse(text)).isEmpty();
        assertThatThrownBy(() -> Upid.parse(text)).hasMessageContaining("is not a task id");
    }

    @Test
    void a_task_that_only_asks_ha_is_known_by_its_type() {
        assertThat(Upid.parse("UPID:pve:000013CB:000F0145:6B011A68:hastart:101:root@pam:")
                        .queuesOnly())
                .isTrue();
        assertThat(Upid.parse("UPID:pve:000013CB:000F0145:6B011A68:qmstart:101:root@pam:")
                        .queuesOnly())
                .isFalse();
    }
}
