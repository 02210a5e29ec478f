package io.wsprotocol.spring.test;

import java.io.IOException;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.ServletContextInitializerBeans;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.DefaultMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** Requests to a servlet application: its filters and its {@code DispatcherServlet} by means of {@link MockMvc}. Thread-safe. */
final class ServletRequests implements InMemoryRequests {

    private final WebApplicationContext context;
    private volatile @Nullable MockMvc mvc;

    ServletRequests(WebApplicationContext context) {
        this.context = context;
    }

    @Override
    public Response perform(Request request, @Nullable Principal user) throws IOException {
        InMemoryUpgrade.Slot slot = new InMemoryUpgrade.Slot();
        MockHttpServletRequestBuilder builder = MockMvcRequestBuilders.request(request.method(), request.url())
                .headers(request.headers())
                .requestAttr(slot.attribute(), slot);
        MockHttpServletResponse response = perform(user == null ? builder : builder.principal(user));
        HttpHeaders headers = new HttpHeaders();
        for (String name : response.getHeaderNames()) {
            headers.addAll(name, response.getHeaders(name));
        }
        return new Response(response.getStatus(), headers, slot.starter());
    }

    private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) throws IOException {
        // What MockMvc leaves behind on the thread is a test's own business.
        RequestAttributes before = RequestContextHolder.getRequestAttributes();
        try {
            return mvc().perform(request).andReturn().getResponse();
        } catch (Exception e) {
            throw new IOException("the application failed over the handshake", e);
        } finally {
            RequestContextHolder.setRequestAttributes(before);
        }
    }

    /** The test's own if it has one, so that what it configured there counts here. */
    private MockMvc mvc() {
        MockMvc known = mvc;
        if (known == null) {
            known = context.getBeanProvider(MockMvc.class).getIfAvailable(this::filtered);
            mvc = known;
        }
        return known;
    }

    private MockMvc filtered() {
        DefaultMockMvcBuilder builder = MockMvcBuilders.webAppContextSetup(context);
        for (ServletContextInitializer initializer : new ServletContextInitializerBeans(
                context, FilterRegistrationBean.class, DelegatingFilterProxyRegistrationBean.class)) {
            if (initializer instanceof AbstractFilterRegistrationBean<?> registration && registration.isEnabled()) {
                builder.addFilter(
                        Objects.requireNonNull(registration.getFilter(), "filter"),
                        registration.getFilterName(),
                        registration.getInitParameters(),
                        registration.determineDispatcherTypes(),
                        registration.getUrlPatterns().toArray(String[]::new));
            }
        }
        return builder.build();
    }
}
