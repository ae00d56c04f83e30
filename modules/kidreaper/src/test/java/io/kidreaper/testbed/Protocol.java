package io.kidreaper.testbed;

/** What a server speaks with the web server. */
public enum Protocol {
  FASTCGI,
  UWSGI,
  HTTP
}
