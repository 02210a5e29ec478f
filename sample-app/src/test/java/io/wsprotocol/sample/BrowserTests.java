package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page in a real Chromium. Screenshots are left in {@code target/screenshots}. */
@SampleTest
@Tag("browser")
class BrowserTests {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @LocalServerPort
    private int port;

    @TempDir
    Path profile;

    private ChromeDriver browser;
    private WebDriverWait wait;

    @BeforeEach
    void startBrowser() {
        browser = Chromium.start(profile);
        wait = new WebDriverWait(browser, Duration.ofSeconds(30));
        browser.get("http://localhost:" + port + "/");
    }

    @AfterEach
    void stopBrowser() {
        browser.quit();
    }

    @Test
    void theEchoShowsWhatWasSentAsText() {
        wait.until(ExpectedConditions.textToBe(By.id("echo-state"), "connected"));
        WebElement text = element("echo-text");
        text.clear();
        text.sendKeys("<img src=x> & so on");
        text.submit();

        wait.until(ExpectedConditions.textToBe(By.cssSelector("#echo-log .words"), "<img src=x> & so on"));
        assertThat(browser.findElement(By.cssSelector("#echo-log .aside")).getText())
                .matches("[0-9.]+ ms");
        assertNoErrors();
    }

    @Test
    void twoWindowsChat() {
        String first = browser.getWindowHandle();
        join("Ann");
        browser.switchTo().newWindow(WindowType.WINDOW);
        browser.get("http://localhost:" + port + "/");
        join("Ben");
        say("<b>Hello</b> Ann");

        browser.switchTo().window(first);
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("chat-log"), "<b>Hello</b> Ann"));
        assertThat(element("chat-names").getText()).contains("Ann", "Ben");
        say("Hello Ben");
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("chat-log"), "Hello Ben"));
        assertNoErrors();
    }

    @Test
    void thePictureMovesUnderLoad() throws IOException {
        join("Load");
        say("Watch the figures.");
        wait.until(driver -> figure("actions") >= 0);
        double before = figure("actions");
        String idle = picture("latency-chart");

        element("load").click();
        wait.until(driver -> figure("actions") > before + 10_000);
        wait.until(driver -> figure("deepest") > 0);
        assertThat(picture("latency-chart")).isNotEqualTo(idle);
        wait.until(ExpectedConditions.elementToBeClickable(By.id("load")));

        screenshot("light.png");
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        screenshot("dark.png");
        assertNoErrors();
    }

    private void join(String name) {
        element("chat-name").sendKeys(name);
        element("chat-name").submit();
        wait.until(ExpectedConditions.textToBe(By.id("chat-state"), "joined as " + name));
    }

    private void say(String words) {
        element("chat-text").sendKeys(words);
        element("chat-text").submit();
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("chat-log"), words));
    }

    private WebElement element(String id) {
        return browser.findElement(By.id(id));
    }

    private double figure(String name) {
        Object value = browser.executeScript(
                "return Number(document.getElementById('figures').dataset[arguments[0]] ?? -1)", name);
        return ((Number) value).doubleValue();
    }

    private String picture(String id) {
        return (String) browser.executeScript("return document.getElementById(arguments[0]).toDataURL()", id);
    }

    private void screenshot(String name) throws IOException {
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(name), browser.getScreenshotAs(OutputType.BYTES));
    }

    private void assertNoErrors() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    }
}
