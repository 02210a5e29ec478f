package io.wsprotocol.bench;

public final class PerformanceTable { private PerformanceTable() {} public static void main(String[] a) throws Exception { org.openjdk.jmh.Main.main(a);} }
