package io.kidreaper.linux.trace;

import io.kidreaper.linux.Libc;

/** What a template works with. */
record TemplateEquipment(
    PtraceCalls calls,
    Libc libc,
    Architecture architecture,
    Proc proc,
    Template.PipeOpener opener,
    TemplateObserver observer) {}
