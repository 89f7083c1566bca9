@org.jspecify.annotations.NullMarked
package io.vikhry.runtime.vu;
