package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which lines are kept for the next time.
class RecollectionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "guest cloudinit web password=hunter22",
                "guest set web options=cipassword=hunter22,onboot=1",
                "guest_set web '{\"options\":{\"cipassword\":\"hunter22\"}}'",
                "api write put /access/password params={\"userid\":\"joe@pve\",\"password\":\"hunter22\"}",
                "access set user change joe@pve options=password=hunter22",
                "call access_set user password joe@pve options=password=hunter22",
                "policy check api write put /access/password params=password=hunter22",
                "guest sett web options=cipassword=hunter22",
            })
    void a_secret_is_not(String line) {
        assertThat(Recollection.holdsSecret(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "guest list running",
                "guest set web options=memory=2048",
                "access set user change joe@pve options=password=secret:-",
                "access get tokens",
                "token add anna --tier operate",
                "guest notes web 'the key is under the mat'",
                "guset lst",
                "",
            })
    void anything_else_is(String line) {
        assertThat(Recollection.holdsSecret(line)).isFalse();
    }
}
