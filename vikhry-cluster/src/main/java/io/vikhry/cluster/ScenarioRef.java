package io.vikhry.cluster;

/**
 * The scenario that workers load before a run is asked for.
 *
 * @param digest SHA-256 of its bundle, 64 lower-case hex digits
 * @param className binary name of the VU class in the bundle
 * @param source where it came from, for people: {@code ShopVU.java}
 */
public record ScenarioRef(String digest, String className, String source) {}
