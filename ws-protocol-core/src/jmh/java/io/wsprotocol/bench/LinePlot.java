package io.wsprotocol.bench;

import java.util.List;
import java.util.Locale;

/**
 * A line through points as an SVG picture: x logarithmic, y from zero. Immutable.
 *
 * @param title stands above
 * @param x what the horizontal axis counts
 * @param y what the vertical axis counts
 * @param points at least two, x ascending and positive
 */
record LinePlot(String title, String x, String y, List<Point> points) {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 300;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 55;

    /** One measurement. */
    record Point(double x, double y) {}

    /** {@return the picture} */
    String svg() {
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='11'>",
                WIDTH,
                HEIGHT);
        add(svg, "<rect width='%d' height='%d' fill='white'/>", WIDTH, HEIGHT);
        text(svg, LEFT, 22, "start", title + ": " + y);
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", x);
        for (int i = 0; i <= 4; i++) {
            double value = top() * i / 4;
            add(
                    svg,
                    "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#ddd'/>",
                    LEFT,
                    WIDTH - RIGHT,
                    atY(value),
                    atY(value));
            text(svg, LEFT - 6, atY(value) + 4, "end", String.format(Locale.ROOT, "%.3g", value));
        }
        StringBuilder line = new StringBuilder();
        for (Point point : points) {
            line.append(String.format(Locale.ROOT, "%.1f,%.1f ", atX(point.x()), atY(point.y())));
            add(svg, "<circle cx='%.1f' cy='%.1f' r='3' fill='#1f5fa8'/>", atX(point.x()), atY(point.y()));
            text(svg, atX(point.x()), HEIGHT - BOTTOM + 18, "middle", count(point.x()));
        }
        add(
                svg,
                "<polyline points='%s' fill='none' stroke='#1f5fa8' stroke-width='1.5'/>",
                line.toString().trim());
        return svg.append("</svg>\n").toString();
    }

    private double top() {
        return 1.25 * points.stream().mapToDouble(Point::y).max().orElse(1);
    }

    private double atX(double value) {
        double first = Math.log(points.get(0).x());
        double last = Math.log(points.get(points.size() - 1).x());
        return LEFT + 15 + (Math.log(value) - first) / (last - first) * (WIDTH - LEFT - RIGHT - 30);
    }

    private double atY(double value) {
        return HEIGHT - BOTTOM - value / top() * (HEIGHT - TOP - BOTTOM);
    }

    private static String count(double value) {
        long whole = (long) value;
        if (whole >= 1 << 20 && whole % (1 << 20) == 0) {
            return (whole >> 20) + "Mi";
        }
        return whole >= 1024 && whole % 1024 == 0 ? (whole >> 10) + "Ki" : Long.toString(whole);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
        add(svg, "<text x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", x, y, anchor, words);
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
