import { describePage } from './describe-page.js';

describePage('the description of the API', (bench) => {
  it('works under its content security policy', async () => {
    const { page } = bench.tab;
    await page.goto(`${bench.stack.url}/docs`);
    await page.getByRole('heading', { name: /^Parley/ }).waitFor();
    await page.getByText('/api/chat', { exact: true }).first().waitFor();
  });
});
