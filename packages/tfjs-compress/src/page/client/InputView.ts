/** The part of the page that asks for one input of the model. */
export interface InputView {
  element: HTMLElement;
  /** What few need: on a narrow screen the prediction comes before it. */
  more?: HTMLElement;
  /**
   * The input's values; undefined while there is nothing to predict from.
   *
   * @throws Error that says what is wrong with them.
   */
  read(): Float32Array | undefined;
  /** Takes an image that was dropped or pasted somewhere on the page. */
  take?(file: Blob): void;
}
