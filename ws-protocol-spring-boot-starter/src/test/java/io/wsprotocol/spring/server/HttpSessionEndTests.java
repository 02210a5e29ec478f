package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import jakarta.servlet.http.HttpSessionEvent;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/** Tests of {@link HttpSessionEnd}; on a real server in {@code LimitsOnTheWireTests}. */
class HttpSessionEndTests {

    private final HttpSessionEnd end = new HttpSessionEnd();
    private final MockHttpSession http = new MockHttpSession();
    private final WebSocketSession session = mock();

    private void verifyClosed(int times) throws Exception {
        verify(session, times(times)).close(any(CloseStatus.class));
    }

    @Test
    void theEndOfTheHttpSessionClosesItsWebSocketSessions() throws Exception {
        WebSocketSession other = mock();
        end.bind(http, session);
        end.bind(new MockHttpSession(), other);
        end.sessionDestroyed(new HttpSessionEvent(http));
        verifyClosed(1);
        verify(other, never()).close(any(CloseStatus.class));
        assertThat(end.size()).isEqualTo(1);
    }

    @Test
    void aChangeOfTheIdIsFollowed() throws Exception {
        when(session.isOpen()).thenReturn(true);
        end.bind(http, session);
        String old = http.getId();
        http.changeSessionId();
        end.sessionIdChanged(new HttpSessionEvent(http), old);
        end.sessionDestroyed(new HttpSessionEvent(http));
        verifyClosed(1);
        assertThat(end.size()).isZero();
    }

    @Test
    void aSessionThatIsOverIsForgotten() throws Exception {
        end.bind(http, session);
        end.unbind(http, session);
        assertThat(end.size()).isZero();
        end.sessionDestroyed(new HttpSessionEvent(http));
        verifyClosed(0);
    }

    @Test
    void aSessionThatEndsWhileTheIdChangesIsForgotten() throws Exception {
        WebSocketSession other = mock();
        when(other.isOpen()).thenReturn(true);
        when(session.isOpen()).thenReturn(true);
        String old = http.getId();
        end.bind(http, session);
        end.bind(http, other);
        http.changeSessionId();
        // The container tells of the new id after it has set it.
        when(session.isOpen()).thenReturn(false);
        end.unbind(http, session);
        end.sessionIdChanged(new HttpSessionEvent(http), old);
        end.unbind(http, other);
        assertThat(end.size()).isZero();
        end.sessionDestroyed(new HttpSessionEvent(http));
        verifyClosed(0);
    }

    @Test
    void anHttpSessionThatEndedBeforeTheSocketCameClosesIt() throws Exception {
        http.invalidate();
        end.bind(http, session);
        verifyClosed(1);
        assertThat(end.size()).isZero();
    }
}
