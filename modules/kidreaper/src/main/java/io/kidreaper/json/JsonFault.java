package io.kidreaper.json;

/** That a text is not the JSON which was asked for; the message is a clause that says where. */
public final class JsonFault extends Exception {
  private static final long serialVersionUID = 1;

  public JsonFault(String message) {
    super(message);
  }
}
