/* Lets ThreadSanitizer see Swift's Mutex where threads contend for it.
 *
 * `Synchronization.Mutex` is taken and given back in the program itself as long as nobody waits for it, which the sanitizer
 * watches. Where somebody does, the standard library's `_MutexHandle` does it in `_lockSlow` and `_unlockSlow`, and that library
 * is not built for the sanitizer: it then reports what the mutex guards as a race (seen with Swift 6 on Linux, in a program of
 * four threads that count under one). Preloaded into the tests, this tells it of both.
 *
 *     clang -shared -fPIC tsan-mutex.c -o tsan-mutex.so
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
/* A method of Swift: its value is in the register of the context. */
#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef METHOD void lock_function(uint32_t thread, SELF void *mutex);
typedef METHOD void unlock_function(SELF void *mutex);

/* There only in a process that is sanitized. */
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

METHOD void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
METHOD void unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);

METHOD void lock_slow(uint32_t thread, SELF void *mutex) {
    lock_function *original = (lock_function *)dlsym(RTLD_NEXT, LOCK_SLOW);
    if (!original) abort();
    original(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

METHOD void unlock_slow(SELF void *mutex) {
    unlock_function *original = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
    if (!original) abort();
    if (__tsan_release) __tsan_release(mutex);
    original(mutex);
}
