package io.vikhry.runtime.vu;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test that runs once with users on the loops and once on the JDK's scheduler: its parameter says which. */
@ParameterizedTest
@MethodSource("io.vikhry.runtime.vu.TestRun#modes")
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface BothSchedulers {}
