# accept(0, NULL, NULL) for ever, as a program of 32 bits without a C library
    .globl _start
_start:
    sub $16, %esp
again:
    movl $0, (%esp)
    movl $0, 4(%esp)
    movl $0, 8(%esp)
    mov $102, %eax      # socketcall
    mov $5, %ebx        # SYS_ACCEPT
    mov %esp, %ecx
    int $0x80
    jmp again
