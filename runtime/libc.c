/* Compiled by netc with the C compiler of a static trainer, and linked with it. The runtime's archive, and the
 * libraries for pictures in whole.o, are compiled for glibc, whose headers make other functions of some calls. musl has
 * all of these functions but the ones here. On x86-64 its types and constants, as far as they are used, are glibc's. */
#include <features.h>

#ifndef __GLIBC__
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int fcntl64(int descriptor, int command, ...);
int __fprintf_chk(FILE *to, int level, const char *format, ...);
int __snprintf_chk(char *text, size_t capacity, int level, size_t size, const char *format, ...);
void *__memcpy_chk(void *to, const void *from, size_t count, size_t size);
_Noreturn void __longjmp_chk(jmp_buf place, int value);

int fcntl64(int descriptor, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return fcntl(descriptor, command, argument);
}

int __fprintf_chk(FILE *to, int level, const char *format, ...)
{
    va_list arguments;
    (void)level;
    va_start(arguments, format);
    int count = vfprintf(to, format, arguments);
    va_end(arguments);
    return count;
}

int __snprintf_chk(char *text, size_t capacity, int level, size_t size, const char *format, ...)
{
    va_list arguments;
    (void)level, (void)size;
    va_start(arguments, format);
    int count = vsnprintf(text, capacity, format, arguments);
    va_end(arguments);
    return count;
}

void *__memcpy_chk(void *to, const void *from, size_t count, size_t size)
{
    (void)size;
    return memcpy(to, from, count);
}

void __longjmp_chk(jmp_buf place, int value)
{
    longjmp(place, value);
}
#endif
