import { describePage } from './describe-page.js';

describePage('the API documentation', (fixture) => {
  it('works under its content security policy', async () => {
    const { page } = fixture.tab;
    await page.goto(`${fixture.stack.url}/docs`);
    await page.getByRole('heading', { name: /^Parley/ }).waitFor();
    await page.getByText('/api/chat', { exact: true }).first().waitFor();
  });
});
